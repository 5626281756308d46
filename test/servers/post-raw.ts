import { request } from "node:http";

/** Posts with headers that `fetch` forbids and a path as it is, from an address of this machine. The status and the text. */
export function postRaw(
  url: string,
  headers: Readonly<Record<string, string>>,
  body: string,
  localAddress = "127.0.0.1",
): Promise<{ readonly status: number; readonly text: string }> {
  const [, host = "", port = "", path = "/"] = /^http:\/\/([^:/]+):(\d+)(\/.*)?$/.exec(url) ?? [];
  return new Promise((done, fail) => {
    const sent = request({ host, port, path, method: "POST", headers, localAddress }, (response) => {
      let text = "";
      response.setEncoding("utf8").on("data", (part: string) => {
        text += part;
      });
      response.on("end", () => done({ status: response.statusCode ?? 0, text }));
    });
    sent.on("error", fail).end(body);
  });
}
