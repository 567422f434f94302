/**
 * The palette as CSS variables, so that the page and the scene have their colours from one place.
 *
 * Set through the CSS object model and a constructed style sheet: both pass a strict
 * Content-Security-Policy without `unsafe-inline`.
 */
import type { AxisKind } from "../bundle/wire";
import { axisColour, type Role, type Theme } from "./palette";

const kindColours = new CSSStyleSheet();

export function applyTheme(theme: Theme): void {
  const root = document.documentElement;
  root.dataset["theme"] = theme.name;
  for (const [name, value] of Object.entries(variables(theme))) {
    root.style.setProperty(`--${name}`, value);
  }
  document.querySelector('meta[name="theme-color"]')?.setAttribute("content", theme.surface);
}

/** The class of an axis kind, in components and in typeset formulas: `kind-head-channel`. */
export function kindClass(kind: string): string {
  return `kind-${kind.replace(/[^\p{L}\p{N}]+/gu, "-")}`;
}

/** One rule an axis kind: `.kind-token` has that kind's colour in text and in formulas. */
export function applyKinds(theme: Theme, kinds: readonly AxisKind[]): void {
  kindColours.replaceSync(
    kinds
      .map(({ name, colour }) => {
        const value = axisColour(theme, colour);
        return `.${kindClass(name)} { color: ${value}; --kind: ${value}; }`;
      })
      .join("\n"),
  );
  if (!document.adoptedStyleSheets.includes(kindColours)) {
    document.adoptedStyleSheets = [...document.adoptedStyleSheets, kindColours];
  }
}

function variables(theme: Theme): Record<string, string> {
  const roles = Object.entries(theme.roles) as [Role, Theme["roles"][Role]][];
  return {
    background: theme.background,
    surface: theme.surface,
    ink: theme.ink,
    "ink-soft": theme.inkSoft,
    line: theme.line,
    accent: theme.accent,
    highlight: theme.highlight,
    ...Object.fromEntries(
      roles.flatMap(([role, ramp]) => [
        [role, ramp.ink],
        [`${role}-negative`, ramp.negative],
        [`${role}-zero`, ramp.zero],
        [`${role}-positive`, ramp.positive],
      ]),
    ),
  };
}
