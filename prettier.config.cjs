/** @type {import('prettier').Config} */
module.exports = {
  // By path: prettier is not installed beside this file but under .odoo/
  plugins: [require.resolve("@prettier/plugin-xml")],
  bracketSpacing: false,
  printWidth: 88,
  proseWrap: "always",
  semi: true,
  trailingComma: "es5",
  // Spaces and line ends between the elements of a template are text
  xmlWhitespaceSensitivity: "preserve",
};
