import { expect, test } from "vitest";
import { withSection } from "./section.ts";
import { filled } from "./template.ts";

test("a line with a server's port stands once for every server", () => {
  const template = "listen @listen_port@\nserver s@server_index@ :@server_port@\nend";
  expect(filled(template, { listen_port: 80 }, [1, 2])).toBe(
    "listen 80\nserver s0 :1\nserver s1 :2\nend",
  );
});

test("a name that nobody gave is refused, a single @ is text", () => {
  expect(() => filled("a @b@", {}, [])).toThrow("@b@");
  expect(filled("location @once {", {}, [])).toBe("location @once {");
});

test("a section is replaced where it stands, and a new one comes last", () => {
  const first = withSection("# Benchmarks\n", "tail", "one");
  const both = withSection(first, "cost", "two");
  const again = withSection(both, "tail", "three");
  expect(again).toBe(both.replace("one", "three"));
  expect(again.indexOf("three")).toBeLessThan(again.indexOf("two"));
});
