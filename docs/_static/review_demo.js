// The demo of the front page: the weights of a review's words and pairs of words, and their sum.
(() => {
  const { intercept, weights } = globalThis.reviewModel; // made by docs/_extensions/review_demo.py
  const demo = document.querySelector(".review-demo");
  const field = demo.querySelector("textarea");
  const result = demo.querySelector("output");
  const scale = demo.querySelector(".review-scale");
  const parts = demo.querySelector(".review-parts");
  // As WordTokenizer(): runs of letters, digits and marks, which single apostrophes join.
  const WORD = /[\p{L}\p{N}\p{M}]+(?:['\u2019][\p{L}\p{N}\p{M}]+)*/gu;
  const STRONGEST = 0.8; // a weight of this size has the full colour

  // A word may be the name of something that every object has: "constructor".
  const own = (object, key) => (object && Object.hasOwn(object, key) ? object[key] : undefined);
  const weightOf = (first, second = "") => own(own(weights, first), second);

  // What adds to the sum, in the order of the text: {text, weight, isPair}.
  function partsOf(text) {
    const found = [];
    let before;
    for (const word of text.toLowerCase().match(WORD) ?? []) {
      const pair = before === undefined ? undefined : weightOf(before, word);
      if (pair !== undefined) {
        found.push({ text: `${before} ${word}`, weight: pair, isPair: true });
      }
      found.push({ text: word, weight: weightOf(word), isPair: false });
      before = word;
    }
    return found;
  }

  function signed(number) {
    const digits = Math.abs(number).toFixed(2);
    return digits === "0.00" ? "0" : (number < 0 ? "\u2212" : "+") + digits;
  }

  // An element with text, which is never read as HTML.
  function make(tag, className, text) {
    const element = document.createElement(tag);
    element.className = className;
    element.textContent = text;
    return element;
  }

  function shown({ text, weight = 0, isPair }) {
    const figure = signed(weight);
    const sign = figure === "0" ? "neutral" : weight < 0 ? "negative" : "positive";
    const item = make("li", `${isPair ? "review-pair" : "review-word"} ${sign}`, "");
    item.title = `${text}: ${figure}`;
    item.style.setProperty("--strength", Math.min(1, Math.abs(weight) / STRONGEST));
    item.append(make("span", isPair ? "visually-hidden" : "", text), " ", make("small", "", figure));
    return item;
  }

  function show() {
    const found = partsOf(field.value);
    const sum = found.reduce((total, { weight = 0 }) => total + weight, intercept);
    const probability = 1 / (1 + Math.exp(-sum));
    const name = probability < 0.5 ? "Negative" : "Positive";
    result.textContent = `${name}: the probability of a positive review is ${probability.toFixed(3)}`;
    scale.style.setProperty("--probability", probability);
    const first = { text: "intercept", weight: intercept, isPair: false };
    parts.replaceChildren(...[first, ...found].map(shown));
    parts.firstChild.classList.add("review-intercept");
  }

  for (const sample of demo.querySelectorAll("button")) {
    sample.addEventListener("click", () => {
      field.value = sample.textContent;
      show();
    });
  }
  field.addEventListener("input", show);
  show(); // a reloaded page may hold what was typed before
})();
