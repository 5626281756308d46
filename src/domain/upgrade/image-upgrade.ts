/** A newer image, and what its registry says about it. */
export interface ImageUpgrade {
  readonly environments: readonly string[];
  /** Image references, as the spec has them and will have them. */
  readonly from: string;
  readonly to: string;
  /** When the image was made, by its own word; undefined where it does not say. */
  readonly created: string | undefined;
  /** Such as `linux/amd64`; empty where the registry does not say. */
  readonly platforms: readonly string[];
}
