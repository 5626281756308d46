import { changeInWords } from "../../causes/request/words/change-in-words.ts";
import type { ChangeRequest } from "../../causes/request/words/worded-request.ts";
import { refuseUnknown } from "./propose-edits.ts";
import type { AskedInPass } from "./submit-request.ts";

/** Asks for a change of an agent in words, which a model turns into edits. What an agent asks for is bounded as any model's edits. */
export function changeFromWords(asked: ChangeRequest): AskedInPass {
  return async (pass) =>
    pass.survey.pathOf(asked.agent) === undefined ? refuseUnknown(pass, asked.agent) : changeInWords(pass, asked);
}
