import { createPublicKey, generateKeyPairSync, type KeyObject, sign } from "node:crypto";

/** A certificate and its key, in PEM. */
export interface Certificate {
  readonly cert: string;
  readonly key: string;
}

/** A certificate authority that was made now: its own certificate, and a function that issues further ones. */
export interface Authority {
  readonly ca: string;
  /** A certificate for 127.0.0.1, localhost and further hosts, or for a client. */
  issue(name: string, hosts?: readonly string[]): Certificate;
}

/** Makes a certificate authority (X.509 v3, ECDSA P-256), as RFC 5280 defines it; valid for a day. */
export function createAuthority(name: string): Authority {
  const own = generateKeyPairSync("ec", { namedCurve: "P-256" });
  const critical = der(0x01, Buffer.from([0xff]));
  const isAuthority = sequence(oid("551d13"), critical, der(0x04, sequence(der(0x01, Buffer.from([0xff])))));
  return {
    ca: certificate(name, name, own.privateKey, own.privateKey, isAuthority),
    issue(subject, hosts = []) {
      const { privateKey } = generateKeyPairSync("ec", { namedCurve: "P-256" });
      const dns = ["localhost", ...hosts].map((host) => der(0x82, Buffer.from(host)));
      const names = sequence(...dns, der(0x87, Buffer.from([127, 0, 0, 1])));
      const cert = certificate(subject, name, privateKey, own.privateKey, sequence(oid("551d11"), der(0x04, names)));
      return { cert, key: privateKey.export({ type: "pkcs8", format: "pem" }).toString() };
    },
  };
}

const DAY = 86_400_000;
/** ecdsa-with-SHA256, 1.2.840.10045.4.3.2. */
const ALGORITHM = sequence(oid("2a8648ce3d040302"));
let serial = 1;

function certificate(subject: string, issuer: string, key: KeyObject, signer: KeyObject, extension: Buffer): string {
  serial += 1;
  const spki = createPublicKey(key).export({ type: "spki", format: "der" });
  const [from, to] = [Date.now() - DAY, Date.now() + DAY].map((at) => {
    const text = new Date(at).toISOString().replace(/[-:T]/g, "").slice(2, 14);
    return der(0x17, Buffer.from(`${text}Z`));
  });
  const body = sequence(
    der(0xa0, der(0x02, Buffer.from([2]))),
    der(0x02, Buffer.from([1, serial >> 8, serial & 255])),
    ALGORITHM,
    nameOf(issuer),
    sequence(from ?? Buffer.alloc(0), to ?? Buffer.alloc(0)),
    nameOf(subject),
    spki,
    der(0xa3, sequence(extension)),
  );
  const signature = sign("sha256", body, signer);
  const whole = sequence(body, ALGORITHM, der(0x03, Buffer.concat([Buffer.from([0]), signature])));
  const lines = whole.toString("base64").match(/.{1,64}/g) ?? [];
  return `-----BEGIN CERTIFICATE-----\n${lines.join("\n")}\n-----END CERTIFICATE-----\n`;
}

function nameOf(common: string): Buffer {
  return sequence(der(0x31, sequence(oid("550403"), der(0x0c, Buffer.from(common)))));
}

function oid(hex: string): Buffer {
  return der(0x06, Buffer.from(hex, "hex"));
}

function sequence(...parts: readonly Buffer[]): Buffer {
  return der(0x30, Buffer.concat(parts));
}

/** A value in DER: its tag, its length and its bytes. */
function der(tag: number, content: Buffer): Buffer {
  const { length } = content;
  const size = length < 128 ? [length] : length < 256 ? [0x81, length] : [0x82, length >> 8, length & 255];
  return Buffer.concat([Buffer.from([tag, ...size]), content]);
}
