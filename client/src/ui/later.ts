/** What is not needed for the first picture: explanations, the table, help. Fetched right after it. */
export { default as Explain } from "./Explain.svelte";
export { default as Help } from "./Help.svelte";
export { default as HoverCard } from "./HoverCard.svelte";
export { default as TableView } from "./TableView.svelte";
export { loadKatex } from "./typeset";
