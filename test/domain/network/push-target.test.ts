import { BlockList } from "node:net";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { mayBeReached, pushTarget, readPushHosts } from "../../../src/domain/network/push-target.ts";
import { addressKind } from "../../../src/domain/reach/address-kind.ts";

const hostsOf = (text: string) => {
  const read = readPushHosts(text);
  return "hosts" in read ? read.hosts : [];
};
const NAMED = hostsOf("*.agents.svc,billing.acme.svc.cluster.local:8080,10.1.2.3,localhost,*.raos.test");
const said = (url: string) => {
  const found = pushTarget(url, NAMED);
  return found.kind === "refused" ? found.words : found.url;
};

describe("addresses", () => {
  test.each([
    ["93.184.216.34", "public"],
    ["2606:2800:220:1:248:1893:25c8:1946", "public"],
    ["10.0.0.1", "private"],
    ["100.64.1.1", "private"],
    ["fd12::1", "private"],
    ["127.0.0.1", "loopback"],
    ["::1", "loopback"],
    ["0.0.0.0", "forbidden"],
    ["::", "forbidden"],
    ["169.254.169.254", "forbidden"],
    ["168.63.129.16", "forbidden"],
    ["100.100.100.200", "forbidden"],
    ["fd00:ec2::254", "forbidden"],
    ["fe80::1%eth0", "forbidden"],
    ["224.0.0.1", "forbidden"],
    ["255.255.255.255", "forbidden"],
    ["ff02::1", "forbidden"],
    ["::ffff:127.0.0.1", "forbidden"],
    ["::ffff:93.184.216.34", "forbidden"],
    ["64:ff9b::a9fe:a9fe", "forbidden"],
    ["2002:7f00:1::", "forbidden"],
    ["example.com", "forbidden"],
    ["10.0.0.0/8", "forbidden"],
    ["", "forbidden"],
  ])("%s is %s", (address, kind) => {
    expect(addressKind(address)).toBe(kind);
  });

  test("no address that Node's own lists know as special is public", () => {
    const special = new BlockList();
    for (const block of [
      ...["10.0.0.0/8", "127.0.0.0/8", "169.254.0.0/16", "172.16.0.0/12", "192.168.0.0/16", "224.0.0.0/3", "0.0.0.0/8"],
      ...["100.64.0.0/10", "fc00::/7", "fe80::/10", "ff00::/8"],
    ]) {
      const [net = "", bits] = block.split("/");
      special.addSubnet(net, Number(bits), net.includes(":") ? "ipv6" : "ipv4");
    }
    fc.assert(
      fc.property(fc.oneof(fc.ipV4(), fc.ipV6()), (address) => {
        const isSpecial = special.check(address, address.includes(":") ? "ipv6" : "ipv4");
        return !isSpecial || addressKind(address) !== "public";
      }),
      { numRuns: 2000 },
    );
  });

  test("an IPv4 address may be reached in none of the forms in which IPv6 hides one", () => {
    fc.assert(
      fc.property(fc.ipV4(), fc.constantFrom("::ffff:", "::", "64:ff9b::", "::ffff:0:"), (address, head) => {
        expect(addressKind(`${head}${address}`)).not.toBe("public");
        expect(addressKind(`${head}${address}`)).not.toBe("private");
      }),
    );
  });

  test("an address is judged the same however its numbers are written", () => {
    fc.assert(
      fc.property(fc.nat(0xffffffff), (number) => {
        const plain = [24, 16, 8, 0].map((shift) => (number >>> shift) & 255).join(".");
        const kinds = [`https://${number}/`, `https://0x${number.toString(16)}/`, `https://${plain}./`].map(
          (url) => pushTarget(url, []).kind,
        );
        expect(new Set([...kinds, addressKind(plain) === "public" ? "target" : "refused"]).size).toBe(1);
      }),
    );
  });
});

describe("targets", () => {
  test.each([
    ["https://hooks.acme.example/raos?x=1#part", "https://hooks.acme.example/raos?x=1"],
    ["https://hooks.acme.example:8443/", "https://hooks.acme.example:8443/"],
    ["http://triage.agents.svc:8080/push", "http://triage.agents.svc:8080/push"],
    ["http://billing.acme.svc.cluster.local:8080/", "http://billing.acme.svc.cluster.local:8080/"],
    ["http://10.1.2.3/", "http://10.1.2.3/"],
    ["http://localhost:3000/", "http://localhost:3000/"],
  ])("%s may be told", (url, read) => {
    expect(said(url)).toBe(read);
  });

  test.each([
    ["http://hooks.acme.example/", /not https/],
    ["ftp://hooks.acme.example/", /no https address/],
    ["hooks.acme.example", /no https address/],
    [`https://hooks.acme.example/${"x".repeat(2100)}`, /no https address/],
    ["https://user:secret@hooks.acme.example/", /a user or a password/],
    ["https://hooks.acme.example:22/", /port 22/],
    ["http://billing.acme.svc.cluster.local:9090/", /not https/],
    ["http://agents.svc/", /not https/],
    ["http://169.254.169.254/", /not https/],
    ["https://169.254.169.254/", /public addresses/],
    ["https://[::ffff:127.0.0.1]/", /public addresses/],
    ["https://2130706433/", /public addresses/],
    ["https://0x7f.1/", /public addresses/],
    ["https://10.0.0.1/", /public addresses/],
    ["https://metadata.google.internal/", /public addresses/],
    ["https://169-254-169-254.nip.io/", /public addresses/],
  ])("%s is refused", (url, words) => {
    expect(said(url)).toMatch(words);
  });

  test.each([
    ["http://triage.agents.svc/", "10.2.3.4", true],
    ["http://triage.agents.svc/", "169.254.169.254", false],
    ["http://triage.agents.svc/", "127.0.0.1", false],
    ["http://localhost/", "127.0.0.1", true],
    ["https://hooks.acme.example/", "10.2.3.4", false],
    ["https://hooks.acme.example/", "93.184.216.34", true],
  ])("%s that resolves to %s: %s", (url, address, may) => {
    const target = pushTarget(url, NAMED);
    expect(target.kind === "target" && mayBeReached(target, address)).toBe(may);
  });

  test.each(["*", "http://x", "a b", "x:99999x", "user@host", "*.*.svc"])(
    "PUSH_HOSTS with %s cannot be read",
    (text) => {
      expect(readPushHosts(`ok.example, ${text}`)).toEqual({ wrong: expect.stringContaining("entry 2") });
    },
  );
});
