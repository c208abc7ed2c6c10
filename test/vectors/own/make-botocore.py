"""Writes botocore.json: the signatures that botocore makes of requests.json. Run with Debian's python3-botocore."""
import datetime
import json
import pathlib

import botocore
import botocore.auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials

HERE = pathlib.Path(__file__).parent
given = json.loads((HERE / 'requests.json').read_text('utf-8'))
instant = datetime.datetime.strptime(given['date'], '%Y-%m-%dT%H:%M:%SZ')


class FixedDatetime(datetime.datetime):
    """The one instant at which everything is signed."""

    @classmethod
    def utcnow(cls):
        return instant


class FixedModule:
    datetime = FixedDatetime


botocore.auth.datetime = FixedModule
if hasattr(botocore.auth, 'get_current_datetime'):
    botocore.auth.get_current_datetime = lambda *_: instant


def sign(case):
    token = given['sessionToken'] if case.get('isTemporary') else None
    credentials = Credentials(given['credentials']['accessKeyId'], given['credentials']['secretAccessKey'], token)
    kind = botocore.auth.S3SigV4Auth if case['service'] == 's3' else botocore.auth.SigV4Auth
    request = AWSRequest(
        method=case['method'], url=case['url'], headers=dict(case.get('headers', [])), data=case.get('body', '').encode('utf-8')
    )
    kind(credentials, case['service'], case['region']).add_auth(request)
    return {'name': case['name'], 'authorization': request.headers['Authorization']}


answers = {
    'note': f'Made by make-botocore.py with botocore {botocore.__version__}.',
    'cases': [sign(case) for case in given['requests']],
}
(HERE / 'botocore.json').write_text(json.dumps(answers, indent=2, ensure_ascii=False) + '\n', 'utf-8')
