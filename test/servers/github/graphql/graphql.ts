import { readFileSync } from "node:fs";
import { findPackageJSON } from "node:module";
import { dirname, join } from "node:path";
import {
  buildSchema,
  type DocumentNode,
  execute,
  GraphQLError,
  type GraphQLFieldResolver,
  GraphQLScalarType,
  type GraphQLSchema,
  Kind,
  parse,
  validate,
} from "graphql";
import { allows } from "../model/access.ts";
import { findRepository } from "../model/model.ts";
import { pullOf } from "../model/node-ids.ts";
import { Refusal } from "../model/refusal.ts";
import { mutations } from "./mutations.ts";
import { pullShape } from "./pull.ts";
import {
  actorShape,
  assertVisible,
  type RequestContext,
  repositoryShape,
  type Shape,
  teamShape,
  viewerAccount,
} from "./types.ts";

export interface GraphQLAnswer {
  readonly data?: unknown;
  readonly errors?: readonly Readonly<Record<string, unknown>>[];
}

let schema: GraphQLSchema | undefined;
const documents = new Map<string, DocumentNode | readonly GraphQLError[]>();

/** GitHub's published schema, with the scalars' formats held. */
function loadSchema(): GraphQLSchema {
  if (schema !== undefined) return schema;
  const found = findPackageJSON("@octokit/graphql-schema", import.meta.url);
  if (found === undefined) throw new Error("@octokit/graphql-schema is not installed");
  const path = join(dirname(found), "schema.graphql");
  const made = buildSchema(readFileSync(path, "utf8"), { assumeValid: true });
  hold(made, "GitObjectID", /^[0-9a-f]{40}$/, "is not a valid GitObjectID");
  hold(made, "Base64String", /^[A-Za-z0-9+/]*={0,2}$/, "is not valid base64");
  schema = made;
  return made;
}

function hold(made: GraphQLSchema, name: string, pattern: RegExp, complaint: string): void {
  const type = made.getType(name);
  if (!(type instanceof GraphQLScalarType)) throw new Error(`the schema has no scalar ${name}`);
  type.coerceInputValue = (value) => {
    if (typeof value === "string" && pattern.test(value)) return value;
    throw new GraphQLError(`${JSON.stringify(value)?.slice(0, 80)} ${complaint}`);
  };
  type.coerceInputLiteral = (node) => type.coerceInputValue(node.kind === Kind.STRING ? node.value : undefined);
}

/** Whether the document holds a mutation; undefined where it does not parse. */
export function isMutation(query: string): boolean {
  const document = prepare(query);
  return (
    "kind" in document &&
    document.definitions.some(
      (definition) => definition.kind === Kind.OPERATION_DEFINITION && definition.operation === "mutation",
    )
  );
}

function prepare(query: string): DocumentNode | readonly GraphQLError[] {
  const known = documents.get(query);
  if (known !== undefined) return known;
  let made: DocumentNode | readonly GraphQLError[];
  try {
    const document = parse(query);
    const errors = validate(loadSchema(), document);
    made = errors.length > 0 ? errors : document;
  } catch (error) {
    if (!(error instanceof GraphQLError)) throw error;
    made = [error];
  }
  if (documents.size > 2000) documents.clear();
  documents.set(query, made);
  return made;
}

/** Runs a document against GitHub's schema: mutations one after another, what succeeded stays where a later one fails. */
export async function runGraphQL(
  asking: RequestContext,
  query: string,
  variables: Readonly<Record<string, unknown>>,
  points: Shape,
  failing: FieldFault | undefined = undefined,
): Promise<GraphQLAnswer> {
  const document = prepare(query);
  if (!("kind" in document)) return { errors: document.map(serialize) };
  const rootValue = { ...queries(asking, points), ...mutations(asking) };
  const result = await execute({
    schema: loadSchema(),
    document,
    rootValue,
    variableValues: variables,
    contextValue: { left: failing?.skip ?? 0 },
    fieldResolver: failing === undefined ? resolveField : failingField(failing),
    typeResolver: (value) => (isShape(value) && typeof value.__typename === "string" ? value.__typename : undefined),
  });
  const { data, errors } = result;
  return {
    ...(data === undefined ? {} : { data }),
    ...(errors === undefined ? {} : { errors: errors.map(serialize) }),
  };
}

function queries(asking: RequestContext, points: Shape): Shape {
  const { world, caller } = asking;
  return {
    viewer: () => {
      const account = viewerAccount(caller);
      if (account === undefined) throw new Refusal("FORBIDDEN", "Resource not accessible by integration");
      // `viewer` is a User by the schema, and for an installation shows its bot's full login.
      return { ...actorShape(asking, account), __typename: "User", login: account.login };
    },
    rateLimit: points,
    repository: ({ owner, name }: { readonly owner: string; readonly name: string }) =>
      repositoryShape(asking, assertVisible(asking, findRepository(world, owner, name), owner, name)),
    node: ({ id }: { readonly id: string }) => {
      const pull = pullOf(world, id);
      assertVisible(asking, pull.repository, pull.repository.owner.login, pull.repository.name);
      return pullShape(asking, pull);
    },
    user: ({ login }: { readonly login: string }) => {
      const account = [...world.accounts.values()].find(
        (each) => each.type === "User" && each.login.toLowerCase() === login.toLowerCase(),
      );
      if (account === undefined)
        throw new Refusal("NOT_FOUND", `Could not resolve to a User with the login of '${login}'.`);
      return actorShape(asking, account);
    },
    organization: ({ login }: { readonly login: string }) => {
      const account = [...world.accounts.values()].find(
        (each) => each.type === "Organization" && each.login.toLowerCase() === login.toLowerCase(),
      );
      if (account === undefined)
        throw new Refusal("NOT_FOUND", `Could not resolve to an Organization with the login of '${login}'.`);
      const repositories = [...world.repositories.values()].filter((repository) => repository.owner === account);
      return {
        ...actorShape(asking, account),
        team: ({ slug }: { readonly slug: string }) => {
          const held = repositories.filter(
            (repository) => caller.kind !== "installation" || allows(caller, repository, "members", "read"),
          );
          const team = held.flatMap((repository) => repository.teams).find((each) => each.slug === slug);
          return team === undefined ? null : teamShape(team);
        },
      };
    },
  };
}

/** A field that fails: the first at or below a depth, of this name where one is given, after so many are left out; or every one. */
export interface FieldFault {
  /** 1: a field of the query or mutation itself. */
  readonly depth: number;
  readonly field?: string | undefined;
  readonly skip?: number;
  readonly every?: boolean;
  readonly error: Error;
}

function failingField(failing: FieldFault): GraphQLFieldResolver<unknown, { left: number }> {
  return (source, args, context, info) => {
    let depth = 0;
    for (let at: typeof info.path | undefined = info.path; at !== undefined; at = at.prev)
      if (typeof at.key === "string") depth++;
    const isIt =
      (failing.depth === 1 ? depth === 1 && info.fieldName !== "viewer" : depth >= failing.depth) &&
      (failing.field === undefined || failing.field === info.fieldName);
    if (isIt && (failing.every === true || context.left-- === 0)) throw failing.error;
    return resolveField(source, args, context, info);
  };
}

const resolveField: GraphQLFieldResolver<unknown, unknown> = (source, args, context, info) => {
  const property = isShape(source) ? source[info.fieldName] : undefined;
  if (property === undefined)
    throw new GraphQLError(`The test GitHub does not know ${info.parentType.name}.${info.fieldName}`);
  return typeof property === "function" ? property(args, context, info) : property;
};

function isShape(value: unknown): value is Shape {
  return typeof value === "object" && value !== null;
}

function serialize(error: GraphQLError): Readonly<Record<string, unknown>> {
  const { originalError, extensions } = error;
  const type =
    originalError instanceof Refusal
      ? originalError.type === "CONFLICT"
        ? "UNPROCESSABLE"
        : originalError.type
      : extensions.type;
  return {
    ...(typeof type === "string" ? { type } : {}),
    ...(error.path === undefined ? {} : { path: error.path }),
    ...(error.locations === undefined ? {} : { locations: error.locations }),
    message: error.message,
  };
}
