/** What is not needed for the first picture: explanations, tables, help, other models. Fetched right after it. */
export { default as Comparison } from "./Comparison.svelte";
export { default as Explain } from "./Explain.svelte";
export { default as Help } from "./Help.svelte";
export { default as HoverCard } from "./HoverCard.svelte";
export { default as ModelCards } from "./ModelCards.svelte";
export { default as ModelPicker } from "./ModelPicker.svelte";
export { default as TableView } from "./TableView.svelte";
export { loadKatex } from "./typeset";
