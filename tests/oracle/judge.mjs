// Reads questions, one JSON object a line ({id, ask}), and writes the judge's verdicts in the same order.
//
// The judge is @cloud-copilot/iam-simulate, used through its published interface only.
import { createInterface } from 'node:readline'
import { runSimulation } from '@cloud-copilot/iam-simulate'

const lines = createInterface({ input: process.stdin, crlfDelay: Infinity })
let out = []

for await (const line of lines) {
  const { id, ask } = JSON.parse(line)
  out.push(JSON.stringify({ id, ...(await verdict(ask)) }))
  if (out.length >= 500) flush()
}
flush()

async function verdict(ask) {
  let answer
  try {
    answer = await runSimulation(ask, {})
  } catch (error) {
    return { error: `threw: ${error.message}` }
  }
  if (answer.resultType === 'error') {
    return { error: JSON.stringify(answer.errors).slice(0, 600) }
  }
  if (answer.resultType !== 'single') {
    return { error: `a result of type ${answer.resultType}` }
  }
  const { analysis, ignoredContextKeys } = answer.result
  return {
    result: answer.overallResult,
    resource: analysis.resourceAnalysis?.result ?? 'NotApplicable',
    ignored: ignoredContextKeys ?? [],
  }
}

function flush() {
  if (out.length > 0) process.stdout.write(out.join('\n') + '\n')
  out = []
}
