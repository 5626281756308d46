import type { Needs } from "../domain/grant/needs.ts";

/** An amount for people: cores as `500m` or `2`, bytes as `512Mi` or `4Gi`, dollars as `$1.50`. */
export function amountText(resource: keyof Needs, amount: number): string {
  switch (resource) {
    case "cpu": {
      const milli = Math.round(amount * 1000);
      return milli % 1000 === 0 ? String(milli / 1000) : `${milli}m`;
    }
    case "memory": {
      const mebi = Math.round(amount / 2 ** 20);
      return mebi > 0 && mebi % 1024 === 0 ? `${mebi / 1024}Gi` : `${mebi}Mi`;
    }
    case "dollars":
      return `$${Number.isInteger(amount) ? amount : amount.toFixed(2)}`;
    default:
      return resource satisfies never;
  }
}
