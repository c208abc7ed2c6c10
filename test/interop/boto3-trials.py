"""Does with boto3 what each line of its input asks for, and answers with a line; both are JSON."""

import io
import json
import sys

import boto3
from boto3.s3.transfer import TransferConfig
from botocore.config import Config
from botocore.exceptions import ClientError

HOME = json.loads(sys.stdin.readline())
BUCKET = "bucket"


def client(store="store", version="s3v4", attempts=1, **credentials):
    config = Config(
        signature_version=version,
        retries={"total_max_attempts": attempts},
        s3={"addressing_style": "path"},
    )
    keys = {"aws_access_key_id": HOME["accessKeyId"], "aws_secret_access_key": HOME["secretAccessKey"]}
    where = {"endpoint_url": HOME[store], "region_name": HOME["region"], "verify": HOME["certificate"]}
    return boto3.client("s3", config=config, **{**keys, **where, **credentials})


def refusal_of(s3):
    """Code and message that boto3 reads out of a refusal."""
    try:
        s3.list_objects_v2(Bucket=BUCKET)
    except ClientError as error:
        return [error.response["Error"]["Code"], error.response["Error"]["Message"]]
    return None


def buckets():
    s3 = client()
    s3.create_bucket(Bucket="made", CreateBucketConfiguration={"LocationConstraint": HOME["region"]})
    s3.head_bucket(Bucket="made")
    location = s3.get_bucket_location(Bucket="made")["LocationConstraint"]
    return [location, [bucket["Name"] for bucket in s3.list_buckets()["Buckets"]]]


def small():
    s3 = client()
    s3.put_object(Bucket=BUCKET, Key="small", Body=b"hello", Metadata={"note": "a  b"})
    size = s3.head_object(Bucket=BUCKET, Key="small")["ContentLength"]
    body = s3.get_object(Bucket=BUCKET, Key="small")["Body"].read().decode()
    s3.delete_object(Bucket=BUCKET, Key="small")
    return [size, body]


def large():
    s3 = client()
    with open(HOME["big"], "rb") as file:
        s3.put_object(Bucket=BUCKET, Key="big", Body=file)
    return len(s3.get_object(Bucket=BUCKET, Key="big")["Body"].read())


def parts():
    config = TransferConfig(multipart_threshold=1, multipart_chunksize=5 * 1024 * 1024)
    client().upload_file(HOME["big"], BUCKET, "parts", Config=config)


def stream():
    client().upload_fileobj(io.BytesIO(b"streamed"), BUCKET, "stream")


def keys():
    s3 = client()
    fetched = []
    for key in HOME["keys"]:
        s3.put_object(Bucket=BUCKET, Key=key, Body=f"content of {key}".encode())
        fetched.append(s3.get_object(Bucket=BUCKET, Key=key)["Body"].read().decode())
    return fetched


def range_():
    return client().get_object(Bucket=BUCKET, Key="k", Range="bytes=2-4")["Body"].read().decode()


def copy():
    client().copy_object(Bucket=BUCKET, Key="copied", CopySource={"Bucket": BUCKET, "Key": "a b"})


def list_():
    s3 = client()
    pages = [s3.list_objects(Bucket=BUCKET, Prefix="a b/"), s3.list_objects_v2(Bucket=BUCKET, Prefix="a b/")]
    return [[entry["Key"] for entry in page["Contents"]] for page in pages]


def delete_many():
    objects = [{"Key": "a&b"}, {"Key": "c"}]
    client().delete_objects(Bucket=BUCKET, Delete={"Objects": objects})


def presigned(operation, version="s3v4", store="store"):
    s3 = client(store, version)
    return {
        key: s3.generate_presigned_url(operation, {"Bucket": BUCKET, "Key": key}, ExpiresIn=60)
        for key in HOME["keys"]
    }


def form(version="s3v4", store="store"):
    conditions = [["content-length-range", 1, 100]]
    return client(store, version).generate_presigned_post(BUCKET, "caf\u00e9 1", Conditions=conditions)


def https():
    s3 = client("secure")
    with open(HOME["big"], "rb") as file:
        s3.put_object(Bucket=BUCKET, Key="secure", Body=file, ChecksumAlgorithm="SHA256")
    s3.put_object(Bucket=BUCKET, Key="small", Body=b"hello")
    return [entry["Key"] for entry in s3.list_objects_v2(Bucket=BUCKET)["Contents"]]


def older():
    s3 = client("older", "s3")
    s3.put_object(Bucket=BUCKET, Key="a b+c", Body=b"older", Metadata={"note": "a"}, ContentType="text/x")
    body = s3.get_object(Bucket=BUCKET, Key="a b+c")["Body"].read().decode()
    return [body, refusal_of(client("store", "s3"))]


TRIALS = {
    "buckets": buckets,
    "small": small,
    "large": large,
    "parts": parts,
    "stream": stream,
    "keys": keys,
    "range": range_,
    "copy": copy,
    "list": list_,
    "deleteMany": delete_many,
    "presignedGet": lambda: presigned("get_object"),
    "presignedPut": lambda: presigned("put_object"),
    "form": form,
    "olderForm": lambda: form("s3", "older"),
    "https": https,
    "wrongSecret": lambda: refusal_of(client(aws_secret_access_key="wrong")),
    "unknownKey": lambda: refusal_of(client(aws_access_key_id="AKIDUNKNOWN")),
    "clock": lambda: refusal_of(client("ahead")),
    "older": older,
    "olderPresignedGet": lambda: presigned("get_object", "s3", "older"),
    "olderPresignedPut": lambda: presigned("put_object", "s3", "older"),
}

for line in sys.stdin:
    print(json.dumps(TRIALS[json.loads(line)]()), flush=True)
