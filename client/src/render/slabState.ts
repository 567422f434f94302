/** What a chapter does to each slab of a model, as the numbers that the shader of cells reads. */

/** How many numbers each slab has of each; see cellShader.ts for what they mean. */
export const STATE_ITEMS = { staged: 4, order: 4, part: 4, bend: 2 } as const;
export type StateName = keyof typeof STATE_ITEMS;

const ALL = 1e9;

/** Of a slab that is all there, as it stands (`part`: of one without cells). */
export const ALL_THERE = {
  staged: [1, 0, ALL, ALL],
  order: [-1, 0, 0, 0],
  part: [0, 0, 0, 0],
  bend: [0, 0],
} as const satisfies Record<StateName, readonly number[]>;

export type SlabState = Readonly<Record<StateName, Float32Array>>;

/** The state of `slabs` slabs that are all there; `part` is to be filled. */
export function wholeState(slabs: number): SlabState {
  const arrayOf = (name: StateName): Float32Array => {
    const items = STATE_ITEMS[name];
    const array = new Float32Array(slabs * items);
    for (let i = 0; i < array.length; i++) array[i] = ALL_THERE[name][i % items]!;
    return array;
  };
  return {
    staged: arrayOf("staged"),
    order: arrayOf("order"),
    part: arrayOf("part"),
    bend: arrayOf("bend"),
  };
}
