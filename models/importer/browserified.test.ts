import { expect, test } from "vitest";
import { readBrowserified } from "./browserified.ts";

test("a minified literal is read as its value", () => {
  const literal = '{a:{class_name:"!0, \\"x\\": .5"},$b:[!0,!1,null],c:-.25,d:1e-7,e:[],f:{}}';
  expect(read(literal)).toEqual({
    a: { class_name: '!0, "x": .5' },
    $b: [true, false, null],
    c: -0.25,
    d: 1e-7,
    e: [],
    f: {},
  });
});

test("a base64 string is read unchanged", () => {
  expect(read('"SgJ5+/8="')).toBe("SgJ5+/8=");
});

test.each([
  ["a call", "{a:steal()}"],
  ["a template", "`a`"],
  ["an operator", "{a:1+1}"],
  ["a name", "process"],
])("%s is not executed; the error names the file", (_, literal) => {
  expect(() => read(literal)).toThrow(/^weights\.js: /);
});

test("a file that is not a bundle of one module is rejected", () => {
  const module = new TextEncoder().encode('module.exports="SgJ5"');
  expect(() => readBrowserified("weights.js", module)).toThrow("weights.js: not a bundle");
});

function read(literal: string): unknown {
  const bundle = `!function(d){d()}(function(){return function a(n,i,e){}({1:[function(d,h,Z){h.exports=${literal}},{}]},{},[1])(1)});\n`;
  return readBrowserified("weights.js", new TextEncoder().encode(bundle));
}
