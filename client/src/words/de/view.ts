/** German: bars, panels, prompt and what goes on around the picture. */
import type { Words } from "../en";

export const view = {
  language: "Sprache",
  bar: {
    models: "Modelle im Bild",
    others: (n) => `und ${n} weitere`,
    choose: ": Modelle auswählen",
    parameters: (n) => `${n} Parameter`,
    away: "In Cutaway öffnen",
  },
  controls: {
    group: "Ansicht",
    copyLink: "Link zu dieser Ansicht kopieren",
    linkCopied: "Link kopiert",
    picture: "Bild speichern",
    dark: "Zum dunklen Farbschema wechseln",
    light: "Zum hellen Farbschema wechseln",
    table: "Werte als Tabelle",
    fit: "Das ganze Modell zeigen",
    more: "Mehr",
    help: "Hilfe",
    tour: "Tour",
    dismiss: "Schließen",
    retry: "Noch einmal versuchen",
    reload: "Neu laden",
    copied: "Kopiert",
    csv: "Als CSV kopieren",
    csvOfPart: "Gezeigtes als CSV kopieren",
  },
  loading: {
    name: "Lädt",
    of: (what) => `${what} wird geladen`,
    amount: (what, done) => `${what} wird geladen: ${done}`,
    share: (what, done, all) => `${what} wird geladen: ${done} von ${all}`,
  },
  scene: {
    canvas:
      "Bild des Modells. Die Pfeiltasten bewegen die angeheftete Zelle, die Eingabetaste folgt ihrer größten Quelle. Die Gliederung zählt alles in Worten auf.",
    hintTap: "Tippe eine an, um zu sehen, wie sie berechnet wurde.",
    hintPoint: "Zeige auf eine, um zu sehen, wie sie berechnet wurde; ein Klick heftet sie an.",
    hintChoose:
      "Wähle eine in der Gliederung oder in der Tabelle, um zu sehen, wie sie berechnet wurde.",
  },
  panels: {
    name: "Bereiche",
    explanation: "Erklärung",
    outline: "Gliederung",
    models: "Modelle",
    prompt: "Eingabe",
    explain: "Erklärung",
    hide: (name) => `${name} ausblenden`,
    show: (name) => `${name} einblenden`,
    enlarge: "Bereich vergrößern",
    shrink: "Bereich verkleinern",
  },
  outline: {
    find: "Tensor suchen",
    findAny: "Tensor oder Modul suchen",
    tree: "Module und Tensoren",
    more: (n) => `${n} weitere Zeilen: Eine Suche grenzt sie ein.`,
    nothing: (query) =>
      `Nichts heißt „${query}“. Versuche es mit einem Teil eines Namens, etwa attn oder norm.`,
  },
  prompt: {
    name: "Eingabe",
    decoder: "Decoder",
    letters: (used, room) => `Eingabe, ${used} von ${room} Token`,
    line: (name, used, room) => `${name}, ${used} von ${room} Token`,
    token: (at) => `Token an Position ${at}`,
    add: (at) => `Token an Position ${at} anfügen`,
    full: (room) => `Die Eingabe ist mit ${room} Token voll`,
    computing: "Wird berechnet …",
    stillComputing: "Wird noch berechnet; das Bild zeigt die Eingabe davor.",
    needsWord: "Eine Eingabe braucht mindestens ein Token: Tippe ein Wort.",
    needsToken: "Eine Eingabe braucht mindestens ein Token.",
    needsLetter: "Eine Eingabe braucht mindestens ein Token: Überschreibe dieses.",
    holds: (room) => `Der Kontext fasst ${room} Token: Nimm erst eines weg.`,
    aSpace: "Ein Leerzeichen",
    or: "oder",
    unknown: (letter, known) => `${letter} ist kein Token dieses Modells: Tippe ${known}.`,
  },
  prediction: {
    next: "Nächstes Token",
    token: "Token",
    after: "nach",
    at: "bei",
    before: "Die Stelle davor",
    behind: "Die Stelle danach",
    ofNext: "Vorhersage des nächsten Tokens",
    ofPlace: "Vorhersage des Tokens an einer Stelle",
    bar: (token, probability, chance) =>
      `${token}: Wahrscheinlichkeit ${probability}, wird mit ${chance} gewählt`,
  },
  generation: {
    name: "Erzeugen",
    step: "Schritt",
    stepTitle: "Das nächste Token anhängen",
    run: "Weiter",
    runTitle: "Token anhängen, bis der Kontext voll ist",
    stop: "Halt",
    reset: "Zurück zur ersten Eingabe",
    settings: "Wie das nächste Token gewählt wird",
    greedy: "greedy",
    summary: (temperature) => `Temperatur ${temperature}`,
    temperature: "Temperatur",
    temperatureHint: "0 nimmt das wahrscheinlichste Token; 1 die Chancen des Modells selbst",
    all: "alle",
    topK: "behält die k wahrscheinlichsten Token",
    topP: "behält so wenige Token, wie diese Wahrscheinlichkeit braucht",
    seed: "Startwert",
    seedHint: "derselbe Startwert ergibt dieselben Token, hier und in Python",
  },
  notices: {
    bug: (message) =>
      `Etwas ist schiefgegangen, das nicht schiefgehen darf: ${message} Lade die Seite neu, um weiterzumachen.`,
    linkRefused: "Der Link konnte nicht kopiert werden: Dieser Browser erlaubt es hier nicht.",
    tableRefused: "Die Tabelle konnte nicht kopiert werden: Dieser Browser erlaubt es hier nicht.",
    noTour: "Die Tour konnte nicht geladen werden: Lade die Seite neu.",
    noPart:
      "Ein Teil dieser Seite konnte nicht geladen werden: Lade sie neu, um Erklärungen zu sehen.",
    noPicture:
      "Der Teil der Seite, der das Bild zeichnet, konnte nicht geladen werden. Prüfe die Verbindung und lade die Seite neu; Gliederung, Werte und Erklärungen gehen auch ohne ihn.",
    lostContext:
      "Der Seite wurde der Grafikprozessor weggenommen; das Bild kommt von selbst wieder, oder wenn du sie neu lädst.",
    noRunner:
      "Der Teil der Seite, der das Modell rechnen lässt, konnte nicht geladen werden. Prüfe die Verbindung und versuche es noch einmal.",
    noFirstRun:
      "Der Teil der Seite, der das Modell rechnen lässt, konnte nicht geladen werden. Prüfe die Verbindung und lade die Seite neu.",
    fixedPrompt:
      "Dieses Modell kommt ohne Gewichte und ohne einen Server, der es rechnen lässt; seine Eingabe liegt daher fest.",
    noValues:
      "Dieses Modell hat keine Werte und kann daher nichts vorhersagen: Öffne eines mit Gewichten.",
    fullContext: (room) =>
      `Der Kontext ist mit ${room} Token voll: Nimm einige weg oder fange neu an.`,
    cellOfLink: (why) => `Der Link nennt eine Zelle, die es in diesem Lauf nicht gibt. ${why}`,
    decoderOfLink: "Was der Decoder laut dem Link geschrieben hat, passt nicht zu diesem Modell.",
    inputFallsBack: (name) =>
      `Dem ersten Lauf wurde „${name}“ von außen mitgegeben. Eine andere Eingabe läuft dort mit 0 für jedes Token.`,
    promptOfLink: "Die Eingabe des Links passt nicht zu diesem Modell.",
    promptNotShown: (why) => `Die Eingabe des Links kann nicht gezeigt werden. ${why}`,
    instead: (title) => `zu sehen ist ${title}`,
    noModel: (name, so) => `Ein Modell „${name}“ gibt es hier nicht${so}.`,
    noLength: (name, tokens, so, names) =>
      `„${name}“ kann hier nicht für ${tokens} Token gezeichnet werden${so}. Es gibt: ${names}.`,
    nearMatches: (names) => ` Ähnlich heißen: ${names}.`,
    noLanguage: (name) =>
      `Die Texte auf ${name} konnten nicht geladen werden: Versuche es noch einmal.`,
  },
} satisfies Partial<Words>;
