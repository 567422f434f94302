/** How a value goes from one key to the next; as `src/cutaway/tour/easing.py`. */
type Easing = (u: number) => number;

const smooth: Easing = (u) => u * u * (3 - 2 * u);

const EASINGS: Readonly<Record<string, Easing>> = {
  hold: (u) => (u < 1 ? 0 : 1),
  linear: (u) => u,
  smooth,
  in: (u) => u * u,
  out: (u) => u * (2 - u),
};

const made = new Map<string, Easing>(Object.entries(EASINGS));

/** The easing of a name; undefined when there is none. `zoom r`: of places, while what is in view grows by e^r. */
export function easing(name: string): Easing | undefined {
  const found = made.get(name);
  if (found) return found;
  const ratio = Number(/^zoom (-?[\d.]+)$/.exec(name)?.[1]);
  if (!ratio) return undefined;
  const whole = Math.expm1(ratio);
  const zoom: Easing = (u) => Math.expm1(ratio * smooth(u)) / whole;
  made.set(name, zoom);
  return zoom;
}
