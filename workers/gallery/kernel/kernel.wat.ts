/**
 * The search kernel as WebAssembly text. It computes exact int8 dot products of one or two queries with many rows and outputs the rows
 * that may be near enough.
 *
 * Rows are stored in groups of four. Within a group they are interleaved in chunks of 16 components, so that a scan reads memory in order:
 *
 *     group: | row 0: 0…15 | row 1: 0…15 | row 2: 0…15 | row 3: 0…15 | row 0: 16…31 | … | four scales as float32 |
 *
 * The caller widens queries to int16 once, which is cheaper than widening them for each row. A chunk of a row then takes two widening
 * loads (`load8x8_s`) and two instructions that multiply and add pairs (`dot_i16x8_s`), which sum into four int32 lanes. No sum
 * overflows: 128² · 512 = 2²³. Other layouts, in which two or four rows are read from separate places, were up to 2.3 times slower.
 */
const ROWS = [0, 1, 2, 3];
const CHUNK = 16;

/** The size in bytes of a group's scales, which follow its components. */
export const SCALES_BYTES = 4 * ROWS.length;
/** The size in bytes of a hit: group number and query number (int32), 8 unused bytes, four dot products (int32). */
export const HIT_BYTES = 32;

/** A module that exports `scan1` and `scan2` and the memory that they work on. */
export const kernelText = (): string => `(module
  (memory (export "memory") 1)
${scan(1)}
${scan(2)}
)
`;

/**
 * $queries: int16 [queries, dimension].  $rows: $groups groups as above.  $dimension: a multiple of 16.
 * $hits: space for $groups · queries hits.  $min_score_0, $min_score_1: a group is a hit of a query if one of its rows has
 * dot · scale ≥ $min_score. Returns the number of hits.
 */
function scan(queries: 1 | 2): string {
  const all = [0, 1].slice(0, queries);
  const sum = (query: number, row: number) => `$sum_${query}_${row}`;
  const each = (text: (query: number) => string) => all.map(text).join("\n");
  const eachSum = (text: (query: number, row: number) => string) =>
    all.flatMap((query) => ROWS.map((row) => text(query, row))).join("\n");

  return `
  (func (export "scan${queries}")
    (param $queries i32) (param $rows i32) (param $groups i32) (param $dimension i32) (param $hits i32)
    ${all.map((q) => `(param $min_score_${q} f32)`).join(" ")} (result i32)
    (local $group i32)
    (local $end i32)           ;; end of the group's components, start of its scales
    (local $hit i32)           ;; address of the next hit
    (local $low v128) (local $high v128)    ;; 16 components of a row, as 2 × 8 int16
${each((q) => `    (local $query_${q} i32) (local $low_${q} v128) (local $high_${q} v128)   ;; the same of query ${q}`)}
${eachSum((q, row) => `    (local ${sum(q, row)} v128)`)}
    (local.set $hit (local.get $hits))
    (block $done
      (loop $next_group
        (br_if $done (i32.ge_u (local.get $group) (local.get $groups)))
        (local.set $end (i32.add (local.get $rows) (i32.shl (local.get $dimension) (i32.const 2))))
${each((q) => `        (local.set $query_${q} (i32.add (local.get $queries) (i32.mul (local.get $dimension) (i32.const ${2 * q}))))`)}
${eachSum((q, row) => `        (local.set ${sum(q, row)} (v128.const i32x4 0 0 0 0))`)}
        (loop $next_chunk
${each(
  (q) => `          (local.set $low_${q} (v128.load (local.get $query_${q})))
          (local.set $high_${q} (v128.load offset=16 (local.get $query_${q})))
          (local.set $query_${q} (i32.add (local.get $query_${q}) (i32.const ${2 * CHUNK})))`,
)}
${ROWS.map(
  (row) => `          ;; row ${row}
          (local.set $low (v128.load8x8_s offset=${CHUNK * row} (local.get $rows)))
          (local.set $high (v128.load8x8_s offset=${CHUNK * row + 8} (local.get $rows)))
${each(
  (q) => `          (local.set ${sum(q, row)} (i32x4.add
            (i32x4.add (local.get ${sum(q, row)}) (i32x4.dot_i16x8_s (local.get $low) (local.get $low_${q})))
            (i32x4.dot_i16x8_s (local.get $high) (local.get $high_${q}))))`,
)}`,
).join("\n")}
          (local.set $rows (i32.add (local.get $rows) (i32.const ${4 * CHUNK})))
          (br_if $next_chunk (i32.lt_u (local.get $rows) (local.get $end))))
${each(
  (q) => `        ;; query ${q}: four sums of four lanes each become one vector of four dot products, in $low
        (local.set $low ${sumOfLanes(sum(q, 0), sum(q, 1), [0, 4, 1, 5], [2, 6, 3, 7])})   ;; a₀+a₂ b₀+b₂ a₁+a₃ b₁+b₃
        (local.set $high ${sumOfLanes(sum(q, 2), sum(q, 3), [0, 4, 1, 5], [2, 6, 3, 7])})  ;; c₀+c₂ d₀+d₂ c₁+c₃ d₁+d₃
        (local.set $low ${sumOfLanes("$low", "$high", [0, 1, 4, 5], [2, 3, 6, 7])})   ;; Σa Σb Σc Σd
        (if (v128.any_true (f32x4.ge
              (f32x4.mul (f32x4.convert_i32x4_s (local.get $low)) (v128.load (local.get $end)))
              (f32x4.splat (local.get $min_score_${q}))))
          (then
            (i32.store (local.get $hit) (local.get $group))
            (i32.store offset=4 (local.get $hit) (i32.const ${q}))
            (v128.store offset=16 (local.get $hit) (local.get $low))
            (local.set $hit (i32.add (local.get $hit) (i32.const ${HIT_BYTES})))))`,
)}
        (local.set $rows (i32.add (local.get $end) (i32.const ${SCALES_BYTES})))
        (local.set $group (i32.add (local.get $group) (i32.const 1)))
        (br $next_group)))
    (i32.div_u (i32.sub (local.get $hit) (local.get $hits)) (i32.const ${HIT_BYTES})))`;
}

/** Picks four of the eight int32 lanes of two vectors, twice, and adds the two picks. */
function sumOfLanes(x: string, y: string, one: number[], other: number[]): string {
  const pick = (lanes: number[]) => {
    const bytes = lanes.flatMap((lane) => [0, 1, 2, 3].map((byte) => 4 * lane + byte));
    return `(i8x16.shuffle ${bytes.join(" ")} (local.get ${x}) (local.get ${y}))`;
  };
  return `(i32x4.add ${pick(one)} ${pick(other)})`;
}
