/** Entry: the page, on the bundle in the folder it was served from. */
import { mount } from "svelte";
import { Navigation } from "./state/navigation.svelte";
import { preferredLanguage, speak } from "./state/language.svelte";
import "./theme/base.css";
import App from "./ui/App.svelte";

// Not awaited here: parts of the page would then have to be files of their own.
void speak(preferredLanguage(Navigation.read().lang)).then(() =>
  mount(App, {
    target: document.getElementById("app")!,
    props: { base: new URL(".", document.baseURI), tour: () => import("./tour") },
  }),
);
