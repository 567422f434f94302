/** The tour: fetched when somebody asks for it. */
export { default } from "./Tour.svelte";
