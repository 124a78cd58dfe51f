import tseslint from 'typescript-eslint'

// Formatting and most rules are Biome's; this is for what needs types: a promise nobody waits for is a lost fault.
const rules = {
  plugins: { '@typescript-eslint': tseslint.plugin },
  rules: {
    '@typescript-eslint/no-floating-promises': 'error',
    '@typescript-eslint/no-misused-promises': ['error', { checksVoidReturn: { arguments: false, attributes: false } }],
    '@typescript-eslint/switch-exhaustiveness-check': ['error', { considerDefaultExhaustiveForUnions: true }],
    '@typescript-eslint/no-explicit-any': 'error',
  },
}

const parsedBy = (project) => ({ parser: tseslint.parser, parserOptions: { project } })

export default tseslint.config(
  {
    files: ['src/**/*.ts', 'lab/**/*.ts', 'bench/**/*.ts'],
    ignores: ['src/web/**'],
    languageOptions: parsedBy('./tsconfig.json'),
    ...rules,
  },
  { files: ['src/web/**/*.{ts,tsx}'], languageOptions: parsedBy('./tsconfig.web.json'), ...rules },
)
