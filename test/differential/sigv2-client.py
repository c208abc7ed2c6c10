"""
Talks to a server with botocore's clients for S3 and SimpleDB, signing with version 2, and prints what came back.

Left out are operations whose address has a query of its own, such as `?uploads`, and those on a bucket in the path: botocore
signs another resource for them than it sends (boto/boto3#4433).
"""

import json
import sys
import urllib.request

import botocore.session
from botocore.config import Config

PLAN = json.load(sys.stdin)
session = botocore.session.Session()
session.set_credentials("AKIDEXAMPLE", PLAN["secretAccessKey"], PLAN.get("sessionToken"))


def client(service, url=PLAN["url"], **options):
    config = Config(retries={"max_attempts": 0}, **options)
    return session.create_client(service, region_name="us-east-1", endpoint_url=url, config=config)


s3 = client("s3", signature_version="s3", s3={"addressing_style": "path"})
results = []
for key in PLAN["keys"]:
    target = {"Bucket": "bucket", "Key": key}
    s3.put_object(**target, Body=b"hello", ContentType="text/plain", Metadata={"a": "b  c"}, ACL="private")
    s3.head_object(**target)
    s3.get_object(**target, ResponseContentType="text/x; charset=\"a b+c\"", VersionId="v1")
    s3.delete_object(**target)
    url = s3.generate_presigned_url("get_object", Params={**target, "ResponseExpires": 0}, ExpiresIn=60)
    results.append(urllib.request.urlopen(url).status)
s3.list_buckets()

# The server is the proxy, so that any host gets there.
hosted = client(
    "s3",
    url="http://store.example",
    signature_version="s3",
    s3={"addressing_style": "virtual"},
    proxies={"http": PLAN["url"]},
)
hosted.create_bucket(Bucket="bucket", ACL="private")
hosted.list_objects(Bucket="bucket", Prefix="a b/+")
hosted.put_object(Bucket="bucket", Key="a b", Body=b"hello")

sdb = client("sdb")
sdb.list_domains(MaxNumberOfDomains=5)
sdb.put_attributes(DomainName="d", ItemName="é +&=~*", Attributes=[{"Name": "a b", "Value": "'(x)\""}])
json.dump(results, sys.stdout)
