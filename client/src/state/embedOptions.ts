/** What the address of a page says about being held in another one: `?embed=1&chrome=off`. */

export interface EmbedOptions {
  /** Whether bars and outline are shown around the picture. */
  readonly chrome: boolean;
  /** The origin of the page that may talk with this one; "*": any parent; null: nobody. */
  readonly origin: string | null;
}

export function parseEmbedOptions(search: string): EmbedOptions {
  const fields = new URLSearchParams(search);
  const embed = fields.get("embed");
  return {
    chrome: fields.get("chrome") !== "off",
    origin: embed === null ? null : originOf(embed),
  };
}

function originOf(embed: string): string | null {
  if (embed === "" || embed === "1" || embed === "*") return "*";
  try {
    const { origin, protocol } = new URL(embed);
    return protocol === "https:" || protocol === "http:" ? origin : null;
  } catch {
    return null;
  }
}
