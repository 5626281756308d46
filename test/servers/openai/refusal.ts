/** A request that the test OpenAI refuses, in OpenAI's error format. */
export class Refusal extends Error {
  readonly status: number;
  readonly param: string | null;
  readonly code: string | null;
  readonly headers: Readonly<Record<string, string>>;
  constructor(
    status: number,
    message: string,
    {
      param = null,
      code = null,
      headers = {},
    }: { param?: string | null; code?: string | null; headers?: Readonly<Record<string, string>> } = {},
  ) {
    super(message);
    this.status = status;
    this.param = param;
    this.code = code;
    this.headers = headers;
  }
}

/** The body of an error: https://platform.openai.com/docs/guides/error-codes. */
export function errorBody({ status, message, param, code }: Refusal): string {
  return JSON.stringify({ error: { message, type: typeOf(status), param, code } });
}

function typeOf(status: number): string {
  if (status === 429) return "rate_limit_error";
  return status >= 500 ? "server_error" : "invalid_request_error";
}
