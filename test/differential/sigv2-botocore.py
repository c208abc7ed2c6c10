"""Signs requests with botocore's signers of before version 4 as the plan on its input says, and prints them as JSON."""

import json
import sys
import types

import botocore.auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials
from email.utils import formatdate

PLAN = json.load(sys.stdin)
SECOND = PLAN["second"]

real_time = botocore.auth.time
botocore.auth.time = types.SimpleNamespace(
    time=lambda: SECOND,
    gmtime=lambda: real_time.gmtime(SECOND),
    strftime=real_time.strftime,
)
botocore.auth.formatdate = lambda usegmt: formatdate(SECOND, usegmt=usegmt)


def signer(plan, credentials):
    if plan["kind"] == "sigv2":
        return botocore.auth.SigV2Auth(credentials)
    if plan["kind"] == "sigv3":
        return botocore.auth.SigV3Auth(credentials)
    if plan["kind"] == "s3-query":
        return botocore.auth.HmacV1QueryAuth(credentials, expires=plan["expiresIn"])
    return botocore.auth.HmacV1Auth(credentials)


def sign(plan):
    request = AWSRequest(method=plan["method"], url=plan["url"], auth_path=plan.get("authPath"))
    for name, value in plan["headers"]:
        request.headers.add_header(name, value)
    if plan["kind"] == "sigv2":
        parameters = dict(plan["parameters"])
        if plan["method"] == "POST":
            request.data = parameters
            request.headers["Content-Type"] = "application/x-www-form-urlencoded; charset=utf-8"
        else:
            request.params = parameters
    auth = signer(plan, Credentials("AKIDEXAMPLE", PLAN["secretAccessKey"], plan.get("sessionToken")))
    auth.add_auth(request)
    prepared = request.prepare()
    body = prepared.body if isinstance(prepared.body, str) else (prepared.body or b"").decode()
    return {"url": prepared.url, "headers": list(request.headers.items()), "body": body}


json.dump([sign(plan) for plan in PLAN["requests"]], sys.stdout)
