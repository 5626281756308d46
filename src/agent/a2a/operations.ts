import { AgentCard, type SendMessageRequest, TaskState } from "@a2a-js/sdk";
import {
  ContentTypeNotSupportedError,
  PushNotificationNotSupportedError,
  RequestMalformedError,
  UnsupportedOperationError,
} from "@a2a-js/sdk/errors";
import {
  type A2ARequestHandler,
  type AgentExecutor,
  DefaultExecutionEventBusManager,
  DefaultRequestHandler,
  type ServerCallContext,
  type TaskStore,
} from "@a2a-js/sdk/server";
import { messageRefusal } from "./request-rules.ts";
import { ownerOf } from "./task-store.ts";

/** A2A's operations, which refuse what the rules of requests refuse before anything is kept. */
export function createOperations(
  card: unknown,
  store: TaskStore,
  executor: AgentExecutor,
  approvers: readonly string[],
): A2ARequestHandler {
  // A task that waits for a person may wait for days: nothing of it stays in memory.
  const options = { keepBusAliveStates: [] };
  const inner = new DefaultRequestHandler(
    AgentCard.fromJSON(card),
    store,
    executor,
    new DefaultExecutionEventBusManager(),
    undefined,
    undefined,
    undefined,
    undefined,
    options,
  );
  const check = async (request: SendMessageRequest, context: ServerCallContext) => {
    const refusal = messageRefusal(request);
    if (refusal !== undefined) throw errorOf(refusal);
    const { taskId = "" } = request.message ?? {};
    const task = taskId === "" ? undefined : await store.load(taskId, context);
    if (task?.status?.state === TaskState.TASK_STATE_WORKING)
      throw new UnsupportedOperationError({
        message: "the task still runs; wait for it, or send a message without taskId in the same context",
        metadata: { reason: "task-runs" },
      });
    if (task?.status?.state === TaskState.TASK_STATE_INPUT_REQUIRED && !mayAnswer(ownerOf(context), approvers))
      throw new UnsupportedOperationError({
        message:
          "whoever asked does not approve; a caller with approves: true in access.callers of the agent's spec answers, or cancel the task",
        metadata: { reason: "not-an-approver" },
      });
  };
  return {
    getAgentCard: () => inner.getAgentCard(),
    getAuthenticatedExtendedAgentCard: (...given) => inner.getAuthenticatedExtendedAgentCard(...given),
    async sendMessage(request, context) {
      await check(request, context);
      return inner.sendMessage(request, context);
    },
    async *sendMessageStream(request, context) {
      await check(request, context);
      yield* inner.sendMessageStream(request, context);
    },
    getTask: (...given) => inner.getTask(...given),
    listTasks: (...given) => inner.listTasks(...given),
    cancelTask: (...given) => inner.cancelTask(...given),
    createTaskPushNotificationConfig: (...given) => inner.createTaskPushNotificationConfig(...given),
    getTaskPushNotificationConfig: (...given) => inner.getTaskPushNotificationConfig(...given),
    listTaskPushNotificationConfigs: (...given) => inner.listTaskPushNotificationConfigs(...given),
    deleteTaskPushNotificationConfig: (...given) => inner.deleteTaskPushNotificationConfig(...given),
    resubscribe: (...given) => inner.resubscribe(...given),
  };
}

/** People come past the sidecar, or through an application that the spec names; an agent never answers for them. */
function mayAnswer(caller: string, approvers: readonly string[]): boolean {
  return caller === "" || approvers.includes(caller);
}

function errorOf({ reason, words }: NonNullable<ReturnType<typeof messageRefusal>>): Error {
  const options = { message: words, metadata: { reason } };
  switch (reason) {
    case "unsupported-part":
      return new ContentTypeNotSupportedError(options);
    case "push-not-supported":
      return new PushNotificationNotSupportedError(options);
    case "too-many-hops":
      return new UnsupportedOperationError(options);
    case "no-message":
    case "bad-id":
    case "too-many-parts":
    case "empty-message":
    case "text-too-long":
    case "metadata-too-long":
      return new RequestMalformedError(options);
    default:
      return reason satisfies never;
  }
}
