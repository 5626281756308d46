/** The memo cannot be read or written. Nothing is lost: `SurveyStore.renew` starts an empty one, and the survey starts over. */
export class MemoError extends Error {
  override readonly name = "MemoError";
  /** Whether another file would be no better: the disk is full, or cannot be written. */
  readonly isDisk: boolean;
  constructor(cause: unknown) {
    super(`the memo cannot be used: ${cause instanceof Error ? cause.message : String(cause)}`, { cause });
    this.isDisk = isDiskError(cause);
  }
}

/** SQLITE_PERM, READONLY, IOERR, FULL and CANTOPEN, https://sqlite.org/rescode.html; or the codes of the file system. */
function isDiskError(cause: unknown): boolean {
  const [number, word]: readonly unknown[] =
    cause instanceof Error ? [Reflect.get(cause, "errcode"), Reflect.get(cause, "code")] : [];
  if (typeof number === "number") return [3, 8, 10, 13, 14].includes(number & 0xff);
  return typeof word === "string" && /^(ENOSPC|EDQUOT|EFBIG|EROFS|EACCES|EPERM|EIO)$/.test(word);
}
