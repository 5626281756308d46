import { UnsupportedOperationError } from "@a2a-js/sdk/errors";
import type { Caller } from "../../../identity/caller.ts";
import { type ApiScope, holdsScope } from "../../../identity/scopes.ts";

/** Watches one request of A2A, whose bindings find out only while they answer what is asked. */
export interface WatchedScopes {
  /** Throws where the caller's credential does not hold a scope. */
  require(scope: ApiScope): void;
  /** The answer, or what `refuse` makes of the scope that was lacking. */
  orRefusal(response: Response, refuse: (scope: ApiScope) => Response): Response;
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
    orRefusal: (response, refuse) => (lacked === undefined ? response : refuse(lacked)),
  };
}
