const js = require("@eslint/js");
const globals = require("globals");

const rules = {
  ...js.configs.recommended.rules,
  "array-callback-return": "error",
  complexity: ["error", 15],
  eqeqeq: "error",
  "no-alert": "error",
  "no-else-return": "error",
  "no-eval": "error",
  "no-implied-eval": "error",
  "no-lonely-if": "error",
  "no-param-reassign": "error",
  "no-shadow": "error",
  "no-throw-literal": "error",
  "no-unneeded-ternary": "error",
  "no-unused-expressions": "error",
  "no-use-before-define": ["error", {functions: false}],
  "no-useless-concat": "error",
  "no-var": "error",
  "object-shorthand": "error",
  "operator-assignment": "error",
  "prefer-const": "error",
  "prefer-template": "error",
  radix: "error",
  "spaced-comment": "error",
  yoda: "error",
};

module.exports = [
  {
    // Odoo turns these into modules of its own and loads them in the browser
    files: ["**/static/**/*.js"],
    languageOptions: {
      ecmaVersion: 2024,
      sourceType: "module",
      globals: {
        ...globals.browser,
        luxon: "readonly",
        odoo: "readonly",
        owl: "readonly",
      },
    },
    rules,
  },
  {
    // These very files
    files: ["*.cjs"],
    languageOptions: {
      ecmaVersion: 2024,
      sourceType: "commonjs",
      globals: globals.node,
    },
    rules,
  },
];
