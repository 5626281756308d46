/** Why a request leads to no pull request; `message` says what to do, in plain text. */
export interface RequestRefusal {
  readonly kind: "refused";
  readonly reason: string;
  readonly message: string;
}
