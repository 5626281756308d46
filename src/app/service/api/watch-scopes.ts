import { UnsupportedOperationError } from "@a2a-js/sdk/errors";
import type { Caller } from "../../../identity/caller.ts";
import { type ApiScope, holdsScope } from "../../../identity/scopes.ts";
import { holdsAll } from "./require-scope.ts";

/** Watches one request of A2A, whose bindings find out only while they answer what is asked. */
export interface WatchedScopes {
  /** Throws where the caller's credential does not hold a scope. */
  require(scope: ApiScope): void;
  /** The answer, or what `refuse` makes of the scope that was lacking: a stream that has not begun has no status yet. */
  orRefusal(response: Response, refuse: (scope: ApiScope) => Response): Promise<Response>;
}

/** Nothing was required yet. */
export function watchScopes(caller: Caller): WatchedScopes {
  let lacked: ApiScope | undefined;
  return {
    require(scope) {
      if (holdsScope(caller.scopes, scope)) return;
      lacked = scope;
      throw new UnsupportedOperationError({ message: `insufficient-scope: the token does not hold ${scope}` });
    },
    async orRefusal(response, refuse) {
      if (holdsAll(caller)) return response;
      const begun = await untilBegun(response);
      return lacked === undefined ? begun : refuse(lacked);
    },
  };
}

/** The same response, once the first of its body is there. */
async function untilBegun(response: Response): Promise<Response> {
  if (response.body === null) return response;
  const [first, whole] = response.body.tee();
  const reader = first.getReader();
  await reader.read();
  void reader.cancel().catch(() => {});
  return new Response(whole, response);
}
