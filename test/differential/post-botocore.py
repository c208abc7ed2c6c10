"""Signs upload forms with botocore as the plan on its input says, and prints them as JSON."""

import base64
import datetime
import json
import sys

import botocore.session
from botocore.config import Config
from urllib3.filepost import encode_multipart_formdata

PLAN = json.load(sys.stdin)
NOW = datetime.datetime.strptime(PLAN["date"], "%Y%m%dT%H%M%SZ")


class StoppedClock(datetime.datetime):
    @classmethod
    def utcnow(cls):
        return NOW


datetime.datetime = StoppedClock


CLIENTS = {}


def make_client(version, token):
    session = botocore.session.Session()
    session.set_credentials("AKIDEXAMPLE", PLAN["secretAccessKey"], token)
    config = Config(signature_version=version, s3={"addressing_style": "path"})
    return session.create_client("s3", region_name="us-east-1", endpoint_url="https://s3.example.com", config=config)


def client(form):
    kind = form["version"], form.get("sessionToken")
    if kind not in CLIENTS:
        CLIENTS[kind] = make_client(*kind)
    return CLIENTS[kind]


def sign(form):
    post = client(form).generate_presigned_post(
        form["bucket"],
        form["key"],
        Fields=dict(form["fields"]),
        Conditions=[{name: value} for name, value in form["fields"]] + form["conditions"],
        ExpiresIn=form["expiresIn"],
    )
    file = (form["filename"], form["file"].encode(), "text/plain")
    body, content_type = encode_multipart_formdata([*post["fields"].items(), ("file", file)])
    return {
        "url": post["url"],
        "fields": list(post["fields"].items()),
        "body": base64.b64encode(body).decode(),
        "contentType": content_type,
    }


json.dump([sign(form) for form in PLAN["forms"]], sys.stdout)
