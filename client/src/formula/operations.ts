/**
 * The element-wise operations of formulas on numbers. Conditions are 1 and 0. Integer division and
 * remainder round towards minus infinity, as in Python.
 */
type Unary = (a: number) => number;
type Binary = (a: number, b: number) => number;

export const UNARY: Readonly<Record<string, Unary>> = {
  neg: (a) => -a,
  exp: Math.exp,
  sqrt: Math.sqrt,
  log: Math.log,
  tanh: Math.tanh,
  erf,
  sin: Math.sin,
  cos: Math.cos,
  abs: Math.abs,
  not: (a) => (a === 0 ? 1 : 0),
};

export const BINARY: Readonly<Record<string, Binary>> = {
  "+": (a, b) => a + b,
  "-": (a, b) => a - b,
  "*": (a, b) => a * b,
  "/": (a, b) => a / b,
  "//": (a, b) => {
    // Exact where a / b is rounded up to a whole number: 1 // 0.1 is 9.
    const quotient = Math.round((a - modulo(a, b)) / b);
    return Number.isFinite(quotient) ? quotient : Math.floor(a / b);
  },
  "%": modulo,
  // IEEE 754 says 1 where JavaScript says NaN.
  "**": (a, b) => (a === 1 || (a === -1 && Math.abs(b) === Infinity) ? 1 : a ** b),
  min: Math.min,
  max: Math.max,
  "<": (a, b) => (a < b ? 1 : 0),
  "<=": (a, b) => (a <= b ? 1 : 0),
  ">": (a, b) => (a > b ? 1 : 0),
  ">=": (a, b) => (a >= b ? 1 : 0),
  "==": (a, b) => (a === b ? 1 : 0),
  "!=": (a, b) => (a === b ? 0 : 1),
  and: (a, b) => (a !== 0 && b !== 0 ? 1 : 0),
  or: (a, b) => (a !== 0 || b !== 0 ? 1 : 0),
};

/** The remainder with the sign of `b`. */
function modulo(a: number, b: number): number {
  const remainder = a % b;
  return remainder !== 0 && remainder < 0 !== b < 0 ? remainder + b : remainder;
}

/**
 * The error function, to about 1e-15: near 0 by the series of positive terms, further out by the
 * continued fraction of its complement (Abramowitz and Stegun, 7.1.6 and 7.1.14).
 */
export function erf(x: number): number {
  if (x < 0) return -erf(-x);
  if (x > 6) return 1;
  if (x < 3) {
    let term = x;
    let sum = x;
    for (let n = 1; term > sum * 1e-17; n++) {
      term *= (2 * x * x) / (2 * n + 1);
      sum += term;
    }
    return (2 / Math.sqrt(Math.PI)) * Math.exp(-x * x) * sum;
  }
  let tail = x;
  for (let k = 60; k > 0; k--) tail = x + k / 2 / tail;
  return 1 - Math.exp(-x * x) / (Math.sqrt(Math.PI) * tail);
}
