/** A turn of phrase that this project does not use, and the plain English for it. */
export interface Phrase {
  /** Matched without regard to case, as whole words. */
  readonly pattern: string;
  readonly better: string;
}

const toBe = "(?:is|are|was|were|be|been|being)";

/** The phrases that the language test refuses in comments, strings and Markdown. */
export const phrases: readonly Phrase[] = [
  // Relative clauses that have to be decoded.
  { pattern: "of which", better: "a sentence of its own, or `whose`, `that`" },
  { pattern: "for which", better: "a sentence of its own, or `that`" },
  { pattern: "whose (?:it|they) (?:is|are)", better: "name the owner: `which domain it belongs to`" },
  { pattern: "that which", better: "what" },
  { pattern: "that there (?:is|are) not", better: "that does not exist" },
  { pattern: "(?:and|that|which) (?:is|are) none", better: "but is not one" },

  // Subjects that hide who acts.
  { pattern: "nobody(?:'s)?", better: "name who does not: `no server`, `the registrar does not`, `unknown`" },
  { pattern: "somebody(?:'s)?", better: "name who does: `another run`, `a user`" },
  { pattern: "whoever|whomever", better: "a caller that, users who" },
  { pattern: "such a one", better: "one" },
  {
    pattern: `what ${toBe}(?! true now)(?: [\\w'-]+){1,5}? ${toBe}`,
    better: "begin with the noun: `missing fields are …`",
  },
  {
    pattern:
      "(?<!because |whether |if )it is (?:the|this|its|only|for|to|by|in|on|with|from)" +
      "(?: [\\w'-]+){1,5} (?:that|which|who)",
    better: "begin with the noun: `the domain does …`",
  },

  // Passives that are left hanging.
  { pattern: `${toBe} waited for`, better: "waits for, with its subject" },
  { pattern: `${toBe} looked(?! up)`, better: "reads, checks, searches for, with its subject" },
  { pattern: `${toBe} had`, better: "get, find, fetch" },

  // Words that have a plainer form.
  { pattern: "at the most", better: "at most" },
  { pattern: "at the least", better: "at least" },
  { pattern: "anew", better: "again" },
  { pattern: "mend(?:s|ed|ing)?", better: "fix" },
  { pattern: "(?:go|goes|going|gone|went) on(?! (?:the|a|an|its|one|each|every)\\b)", better: "continue" },
  { pattern: "(?:come|comes|came|coming) about", better: "happen" },
  { pattern: "see that", better: "check that" },
  { pattern: "(?<!are |were )all the same", better: "anyway" },
  { pattern: "so many", better: "the number, or `that many`" },
  { pattern: "(?:after|for) so long", better: "the time, or `that long`" },
  { pattern: "for want of", better: "without" },
  { pattern: "in the place of", better: "instead of, in place of" },
  { pattern: "for ever", better: "forever" },
  { pattern: "lest", better: "so that … not" },
  { pattern: "(?:become|becomes|became|come|comes|came) of", better: "what happened to, the result of" },
  { pattern: "(?:go|goes|went) by", better: "use, follow" },
  { pattern: "(?:say|says|tell|tells|told|speak|speaks) of(?! course)", better: "say about, tell about" },
  { pattern: "(?<!for )wants? of", better: "needs from" },
  { pattern: "(?<!\\bnot\\b[^.]{0,80})but for", better: "except for" },
];
