/** Colours of the theme in the forms that shaders and buffers take. No colour management: sRGB in, sRGB out. */
export type Rgb = readonly [red: number, green: number, blue: number];

const parsed = new Map<string, Rgb>();

/** `#rrggbb` as three numbers from 0 to 1. */
export function rgb(colour: string): Rgb {
  let found = parsed.get(colour);
  if (found === undefined) {
    const digits = /^#([0-9a-f]{6})$/i.exec(colour)?.[1];
    if (digits === undefined)
      throw new Error(`expected a colour like #1b2027, received "${colour}"`);
    const channel = (at: number): number => parseInt(digits.slice(at, at + 2), 16) / 255;
    parsed.set(colour, (found = [channel(0), channel(2), channel(4)]));
  }
  return found;
}

export function mix(a: Rgb, b: Rgb, share: number): Rgb {
  const at = (i: 0 | 1 | 2): number => a[i] + (b[i] - a[i]) * share;
  return [at(0), at(1), at(2)];
}

/** Write a colour as four bytes. */
export function putBytes(
  into: Uint8Array,
  at: number,
  [red, green, blue]: Rgb,
  alpha: number,
): void {
  into[at] = Math.round(red * 255);
  into[at + 1] = Math.round(green * 255);
  into[at + 2] = Math.round(blue * 255);
  into[at + 3] = Math.round(alpha * 255);
}
