"""Asks an A2A agent by PyPI's a2a-sdk, over each binding of its card; prints one JSON object a step.

Arguments: the agent's address, a request of SendMessage as JSON in which BINDING stands for the
binding, a bearer token or "", an address that is told of the task or "".
"""

import asyncio
import json
import sys
import uuid

import httpx
from a2a.client import A2ACardResolver, ClientConfig, ClientFactory
from a2a.types.a2a_pb2 import (
    CancelTaskRequest,
    DeleteTaskPushNotificationConfigRequest,
    GetTaskPushNotificationConfigRequest,
    GetTaskRequest,
    ListTaskPushNotificationConfigsRequest,
    SendMessageRequest,
    TaskPushNotificationConfig,
)
from google.protobuf.json_format import MessageToDict, Parse


def show(step, value):
    print(json.dumps({"step": step, "value": value}), flush=True)


def request_of(text):
    request = Parse(text, SendMessageRequest())
    request.message.message_id = str(uuid.uuid4())
    return request


async def main(url, request, token, push):
    headers = {"authorization": f"Bearer {token}"} if token else {}
    async with httpx.AsyncClient(headers=headers, timeout=30) as http:
        card = await A2ACardResolver(http, url).get_agent_card()
        show("card", MessageToDict(card))
        for binding in [face.protocol_binding for face in card.supported_interfaces]:
            await ask(ClientConfig(httpx_client=http, supported_protocol_bindings=[binding]), card, binding, request, push)


async def told(client, binding, task, push):
    """Sets a push notification, one more that is deleted, and one that is refused."""
    for name in ["kept", "deleted"]:
        await client.create_task_push_notification_config(
            TaskPushNotificationConfig(task_id=task, id=name, url=f"{push}/{binding}", token="t0ken")
        )
    await client.delete_task_push_notification_config(DeleteTaskPushNotificationConfigRequest(task_id=task, id="deleted"))
    show(f"{binding} push", MessageToDict(await client.get_task_push_notification_config(GetTaskPushNotificationConfigRequest(task_id=task, id="kept"))))
    show(f"{binding} pushes", MessageToDict(await client.list_task_push_notification_configs(ListTaskPushNotificationConfigsRequest(task_id=task))))
    try:
        await client.create_task_push_notification_config(TaskPushNotificationConfig(task_id=task, url="http://169.254.169.254/"))
    except Exception as error:
        show(f"{binding} refused", f"{type(error).__name__}: {error}")


async def ask(config, card, binding, request, push):
    config.streaming = False
    client = ClientFactory(config).create(card)
    events = [MessageToDict(event) async for event in client.send_message(request_of(request.replace("BINDING", binding)))]
    show(f"{binding} sent", events)
    task = events[-1]["task"]["id"]
    show(f"{binding} got", MessageToDict(await client.get_task(GetTaskRequest(id=task))))
    if push:
        await told(client, binding, task, push)
    for name, call in [
        ("unknown", client.get_task(GetTaskRequest(id="nobody"))),
        ("cancel", client.cancel_task(CancelTaskRequest(id=task))),
    ]:
        try:
            show(f"{binding} {name}", MessageToDict(await call))
        except Exception as error:
            show(f"{binding} {name}", type(error).__name__)
    config.streaming = True
    client = ClientFactory(config).create(card)
    show(f"{binding} streamed", [MessageToDict(event) async for event in client.send_message(request_of(request.replace("BINDING", binding)))])


asyncio.run(main(*sys.argv[1:]))
