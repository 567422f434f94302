import { describe, expect, it } from "vitest";
import { axisColour, themes, type Theme } from "./palette";

function luminance(hex: string): number {
  const [r, g, b] = [1, 3, 5].map((i) => {
    const c = parseInt(hex.slice(i, i + 2), 16) / 255;
    return c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * r! + 0.7152 * g! + 0.0722 * b!;
}

function contrast(a: string, b: string): number {
  const [high, low] = [luminance(a), luminance(b)].sort((x, y) => y - x);
  return (high! + 0.05) / (low! + 0.05);
}

describe.each(Object.values(themes))("the $name theme", (theme: Theme) => {
  const read = [
    theme.ink,
    theme.inkSoft,
    theme.accent,
    theme.highlight,
    ...theme.axes,
    ...Object.values(theme.roles).map((ramp) => ramp.ink),
  ];

  it.each([theme.background, theme.surface])("is legible on %s", (ground) => {
    for (const colour of read) {
      expect(contrast(colour, ground), `${colour} on ${ground}`).toBeGreaterThanOrEqual(4.5);
    }
  });

  it.each(Object.entries(theme.roles))("has a monotone ramp for %s", (_, ramp) => {
    const [negative, zero, positive] = [ramp.negative, ramp.zero, ramp.positive].map(luminance);
    expect((negative! - zero!) * (zero! - positive!)).toBeGreaterThan(0);
  });

  it("tells the negative, zero and positive end of a ramp apart by lightness alone", () => {
    for (const ramp of Object.values(theme.roles)) {
      expect(contrast(ramp.negative, ramp.zero)).toBeGreaterThan(1.5);
      expect(contrast(ramp.zero, ramp.positive)).toBeGreaterThan(1.5);
    }
  });

  it("gives axis kinds colours of their own", () => {
    expect(new Set(theme.axes).size).toBe(theme.axes.length);
    expect(axisColour(theme, theme.axes.length + 1)).toBe(theme.axes[1]);
  });
});
