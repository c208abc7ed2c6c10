"""Tells how botocore would sign: reads one question as JSON, prints the answer as JSON."""

import json
import os
import sys

# Without the native signers, whose clock cannot be set. What they add is asked for by its name alone.
os.environ["BOTO_DISABLE_CRT"] = "true"

import datetime
import gzip

import botocore.auth
import botocore.endpoint_provider
import botocore.handlers
import botocore.regions
import botocore.session
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials
from botocore.exceptions import BotoCoreError
from botocore.hooks import HierarchicalEmitter
from botocore.model import ServiceId
from botocore.signers import RequestSigner
from botocore.tokens import FrozenAuthToken

session = botocore.session.Session()
loader = session.get_component("data_loader")
partitions = loader.load_data("partitions")


def endpoint_of(name, region):
    rules = loader.load_service_model(name, "endpoint-rule-set-1")
    known = rules["parameters"]
    given = {"Region": region, "UseFIPS": False, "UseDualStack": False, "Bucket": "bucket", "AccountId": "123456789012"}
    provider = botocore.endpoint_provider.EndpointProvider(rules, partitions)
    endpoint = provider.resolve_endpoint(**{key: value for key, value in given.items() if key in known})
    return endpoint.url, endpoint.properties.get("authSchemes", [])


def services(region):
    """Each service: where it is, what its model and its endpoint's rules say."""
    found = []
    for name in session.get_available_services():
        model = session.get_service_model(name)
        try:
            url, schemes = endpoint_of(name, region)
        except BotoCoreError:
            continue
        found.append(
            {
                "name": name,
                "url": url,
                "authSchemes": schemes,
                "signatureVersion": model.metadata.get("signatureVersion"),
                "signingName": model.signing_name,
            }
        )
    return found


def operations():
    """Each operation that is not signed as its service is."""
    handled = [event.split(".")[1:] for event, handler, *_ in botocore.handlers.BUILTIN_HANDLERS if handler is botocore.handlers.disable_signing]
    found = []
    count = 0
    for name in session.get_available_services():
        model = session.get_service_model(name)
        for operation in model.operation_names:
            count += 1
            auth = model.operation_model(operation).auth_type
            if [name, operation] in handled:
                auth = "none"
            if auth:
                found.append({"signingName": model.signing_name, "operation": operation, "auth": auth})
    return {"count": count, "found": found}


def choices(lists):
    """Which of some authSchemes is taken, where all that botocore has is there."""
    known = {"v4", "v4a", "bearer", "none"}
    botocore.regions.AUTH_TYPE_MAPS = {name: True for name in known}
    resolver = botocore.regions.EndpointRulesetResolver.__new__(botocore.regions.EndpointRulesetResolver)
    answers = []
    for schemes, requested in lists:
        resolver._requested_auth_scheme = requested
        try:
            name, context = resolver.auth_schemes_to_signing_ctx(schemes)
            answers.append([name, context.get("signing_name"), context.get("region"), context.get("disableDoubleEncoding", False)])
        except BotoCoreError:
            answers.append(None)
    return answers


class Clock(datetime.datetime):
    @classmethod
    def utcnow(cls):
        return cls(2026, 11, 22, 12, 0, 0)


class Token:
    def get_frozen_token(self):
        return FrozenAuthToken("token")


def signatures(cases):
    """Signs, and hands back what the request carries then."""
    botocore.auth.datetime = type("", (), {"datetime": Clock})
    botocore.auth.get_current_datetime = lambda remove_tzinfo=True: Clock.utcnow()
    answers = []
    for case in cases:
        credentials = Credentials(*case["credentials"])
        emitter = HierarchicalEmitter()
        signer = RequestSigner(
            ServiceId("Any"), case["region"], case["service"], case["version"], credentials, emitter, Token()
        )
        request = AWSRequest(method=case["method"], url=case["url"], data=case["body"], headers=case["headers"])
        request.context["payload_signing_enabled"] = not case["unsigned"]
        if case["expires"]:
            signer.sign("Any", request, signing_type="presign-url", expires_in=case["expires"])
        else:
            signer.sign("Any", request)
        answers.append({"url": request.url, "headers": dict(request.headers.items())})
    return answers


question = json.load(sys.stdin)
answer = {"services": services, "operations": operations, "choices": choices, "signatures": signatures}[question["ask"]]
json.dump(answer(*question["with"]), sys.stdout)
