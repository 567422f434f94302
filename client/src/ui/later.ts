/** What is not needed for the first picture: explanations, tables, help, other models. Fetched right after it. */
export { default as Comparison } from "./Comparison.svelte";
export { default as Explain } from "./Explain.svelte";
export { default as Help } from "./Help.svelte";
export { default as HoverCard } from "./HoverCard.svelte";
export { default as ModelCards } from "./ModelCards.svelte";
export { default as ModelPicker } from "./ModelPicker.svelte";
export { default as TableView } from "./TableView.svelte";
export { loadKatex } from "./typeset";
export { Typesetting } from "./typesetting.svelte";
// What the cards of a tour are made of: it takes them from here, so that they are no file of their own.
export { tokenOf } from "../state/meaning";
export { default as CellHeading } from "./CellHeading.svelte";
export { default as Formula } from "./Formula.svelte";
export { default as Terms } from "./Terms.svelte";
export { default as Value } from "./Value.svelte";
