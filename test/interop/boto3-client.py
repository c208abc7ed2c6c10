"""Does with boto3 what the plan on its input says, and prints what came of it, both as JSON."""

import io
import json
import sys

import boto3
from botocore.config import Config
from botocore.exceptions import ClientError

PLAN = json.load(sys.stdin)
CONFIG = Config(
    signature_version="s3v4",
    retries={"total_max_attempts": 1},
    s3={"addressing_style": "path"},
)


def client(service, endpoint, **credentials):
    config = CONFIG if service == "s3" else Config(retries={"total_max_attempts": 1})
    keys = {
        "aws_access_key_id": PLAN["accessKeyId"],
        "aws_secret_access_key": PLAN["secretAccessKey"],
        "region_name": PLAN["region"],
        **credentials,
    }
    return boto3.client(service, endpoint_url=endpoint, config=config, **keys)


def code_of(call, **arguments):
    """The error code that boto3 reads out of a refusal."""
    try:
        call(**arguments)
    except ClientError as error:
        return error.response["Error"]["Code"]
    return None


def store_and_fetch(s3, key):
    body = f"content of {key}".encode()
    s3.put_object(Bucket="bucket", Key=key, Body=body, Metadata={"name": "a  b"}, ContentType="text/plain")
    fetched = s3.get_object(Bucket="bucket", Key=key)["Body"].read()
    head = s3.head_object(Bucket="bucket", Key=key)
    return fetched == body and head["ContentLength"] == len(body)


def list_keys(s3, **arguments):
    pages = s3.get_paginator("list_objects_v2").paginate(Bucket="bucket", **arguments)
    return [item["Key"] for page in pages for item in page.get("Contents", [])]


def objects():
    s3 = client("s3", PLAN["store"])
    fetched = {key: store_and_fetch(s3, key) for key in PLAN["keys"]}
    listed = list_keys(s3)
    filtered = list_keys(s3, Prefix="a b+c/")
    for key in PLAN["keys"]:
        s3.delete_object(Bucket="bucket", Key=key)
    s3.put_object(Bucket="bucket", Key="stream", Body=io.BytesIO(b"x" * 300000))
    size = s3.head_object(Bucket="bucket", Key="stream")["ContentLength"]
    s3.delete_object(Bucket="bucket", Key="stream")
    return {
        "fetched": fetched,
        "listed": listed,
        "filtered": filtered,
        "size": size,
        "left": list_keys(s3),
        "missing": code_of(s3.get_object, Bucket="bucket", Key="none"),
    }


def presigned():
    s3 = client("s3", PLAN["store"])
    return [
        {
            "key": key,
            "put": s3.generate_presigned_url("put_object", {"Bucket": "bucket", "Key": key}, ExpiresIn=60),
            "get": s3.generate_presigned_url("get_object", {"Bucket": "bucket", "Key": key}, ExpiresIn=60),
        }
        for key in PLAN["keys"]
    ]


def general():
    sts = client("sts", PLAN["sts"])
    dynamodb = client("dynamodb", PLAN["dynamodb"])
    item = {"id": {"S": "caf\u00e9"}}
    return {
        "account": sts.get_caller_identity()["Account"],
        "tables": dynamodb.list_tables()["TableNames"],
        "put": dynamodb.put_item(TableName="table", Item=item)["ResponseMetadata"]["HTTPStatusCode"],
    }


def refusals():
    wrong = {"aws_secret_access_key": "wrong"}
    unknown = {"aws_access_key_id": "AKIDUNKNOWN"}
    token = {"aws_access_key_id": "ASIDTEMPORARY", "aws_session_token": PLAN["sessionToken"]}
    stale = {**token, "aws_session_token": "stale"}
    listing = {"Bucket": "bucket"}
    return {
        "wrong secret": code_of(client("s3", PLAN["store"], **wrong).list_objects_v2, **listing),
        "wrong secret, put": code_of(
            client("s3", PLAN["store"], **wrong).put_object, Bucket="bucket", Key="k", Body=b"x" * 200000
        ),
        "wrong secret, head": code_of(client("s3", PLAN["store"], **wrong).head_object, Bucket="bucket", Key="k"),
        "wrong secret, sts": code_of(client("sts", PLAN["sts"], **wrong).get_caller_identity),
        "wrong secret, dynamodb": code_of(client("dynamodb", PLAN["dynamodb"], **wrong).list_tables),
        "unknown key": code_of(client("s3", PLAN["store"], **unknown).list_objects_v2, **listing),
        "temporary key": code_of(client("s3", PLAN["store"], **token).list_objects_v2, **listing),
        "stale token": code_of(client("s3", PLAN["store"], **stale).list_objects_v2, **listing),
        "other region": code_of(client("s3", PLAN["store"], region_name="us-west-2").list_objects_v2, **listing),
        "clock": code_of(client("s3", PLAN["lateStore"]).list_objects_v2, **listing),
        "clock, early": code_of(client("s3", PLAN["earlyStore"]).list_objects_v2, **listing),
    }


PARTS = {"objects": objects, "presigned": presigned, "general": general, "refusals": refusals}
print(json.dumps({name: PARTS[name]() for name in PLAN["parts"]}))
