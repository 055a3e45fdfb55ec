/**
 * Patterns known for what they do to engines that backtrack, to automata that explode, or to programs that are
 * unrolled; and for each a text that is as bad as it can be.
 *
 * Sources: OWASP's page on ReDoS, Cloudflare's outage of July 2019, Stack Overflow's of July 2016, Russ Cox's articles;
 * the others are variations.
 */
export interface Evil {
  readonly pattern: string;
  /** Repeated up to the length wanted, then `end`. */
  readonly unit: string;
  readonly end: string;
}

const evil = (pattern: string, unit: string, end = "!"): Evil => ({ pattern, unit, end });

export const EVIL: readonly Evil[] = [
  evil("(a+)+$", "a"),
  evil("([a-zA-Z]+)*$", "a"),
  evil("(a|aa)+$", "a"),
  evil("(a|a?)+$", "a"),
  evil("(.*a){11}$", "a"),
  evil("(.*a){50}$", "a"),
  evil("^(([a-z])+.)+[A-Z]([a-z])+$", "a"),
  evil("^(a?){25}a{25}$", "a"),
  evil("(a*)*b", "a"),
  evil("(a*)*(a*)*(a*)*b", "a"),
  evil("((a*)*)*b", "a"),
  evil("(x+x+)+y", "x"),
  evil("(.*)(.*)(.*)(.*)(.*)[^a]", "a", "a"),
  evil("(?:(?:\"|'|\\]|\\}|\\\\|\\d|(?:nan|infinity|true|false|null))+;.*(?:.*=.*))", "x=", ";"),
  evil(".*.*=.*", "x", ""),
  evil("^[\\s\\x{200c}]+|[\\s\\x{200c}]+$", " ", "x"),
  evil("\\s+$", " ", "x"),
  evil("^(\\w+\\s?)*$", "aa ", "!"),
  evil("^(\\d+)*$", "1"),
  evil("([^,]*,)*x", "a,"),
  evil("^(.*?,){11}P", "1,", ""),
  evil("^([a-zA-Z0-9])(([\\-.]|[_]+)?([a-zA-Z0-9]+))*@([a-z0-9]+\\.)+[a-z]{2,5}$", "a"),
  evil("^(\\(?\\+?[0-9]*\\)?)?[0-9_\\- \\(\\)]*$", "0"),
  evil("(?:[a-z0-9]+[-.]?)+@", "a"),
  evil("(([a-z]+)+)+\\d", "a"),
  evil("(a|b|ab)*c", "ab"),
  evil("(ab|a|b)*ba(ab|a|b)*c", "ab"),
  evil("(a|b)*a(a|b){6}c", "abba"),
  evil("(a|b)*a(a|b){10}c", "abba"),
  evil("(a|b)*a(a|b){20}c", "abba"),
  evil("(a|b)*a(a|b){100}c", "abba"),
  evil("(?i)(a|b)*a(a|b){40}c", "aBbA"),
  evil("a.{12}b", "aab"),
  evil("a.{200}b", "aab"),
  evil("[ab]{100}c", "ab"),
  evil("(\\w|\\pL)*a(\\w|\\pL){30}c", "aé"),
  evil("[\\s\\S]*a[\\s\\S]{15}c", "ab"),
  evil("(.{0,100}a){10}", "a"),
  evil("(a{1,100}){1,10}$", "a"),
  evil("((((a{10}){10}){10}){10})", "a"),
  evil("(a{1000}){1000}", "a"),
  evil("a{1000}", "a"),
  evil("(\\pL{10}){50}", "é"),
  evil("(?i)[\\pL\\pN]{60}!", "É", ""),
  evil("\\b(\\w+\\b\\W?)*\\B!", "a "),
  evil("(^|a)+$", "a"),
  evil("(?m)(^a*$)+b", "a\n"),
  evil("(foo|foobar|foobarbaz){1,20}$", "foobar"),
  evil("(|a)*b", "a"),
  evil("(a??)*?b", "a"),
  evil("(?:a?b?c?d?e?f?){20}x", "abcdef"),
  evil("([\\x{1F300}-\\x{1FAFF}]|\\p{Han})+x", "😀漢"),
];

/** A text of `length` characters. */
export const textOf = ({ unit, end }: Evil, length: number): string =>
  unit.repeat(Math.ceil(length / unit.length)).slice(0, length - end.length) + end;
