"""Frames bodies as botocore does: reads cases as JSON, prints each framed body in base64, one a line."""

import base64
import io
import json
import sys

from botocore.httpchecksum import AwsChunkedWrapper, Crc32Checksum, Sha1Checksum, Sha256Checksum

CHECKSUMS = {"crc32": Crc32Checksum, "sha1": Sha1Checksum, "sha256": Sha256Checksum}

for case in json.load(sys.stdin):
    wrapper = AwsChunkedWrapper(
        io.BytesIO(base64.b64decode(case["data"])),
        checksum_cls=CHECKSUMS[case["checksum"]],
        checksum_name="x-amz-checksum-" + case["checksum"],
        chunk_size=case["chunkSize"],
    )
    print(base64.b64encode(wrapper.read()).decode())
