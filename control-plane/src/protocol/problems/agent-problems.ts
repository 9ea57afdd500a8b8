/** Refusals that only agents get: a part of the closed list in problem-table.ts. */
export const AGENT_PROBLEMS = {
  enrolment_refused: {
    status: 401,
    title: 'Enrolment refused',
    detail: 'The enrolment key is wrong. Check LEVEE_ENROLMENT_KEY on the edge node.',
  },
  node_unauthorized: {
    status: 401,
    title: 'Node not recognised',
    detail: 'This node is not enrolled, or its secret is wrong. Enrol it again.',
  },
  offline_grant_refused: {
    status: 403,
    title: 'Offline grant refused',
    detail: 'This offline grant belongs to another node, does not allow starting meetings, or is too old.',
  },
  agent_too_old: {
    status: 426,
    title: 'Agent too old',
    detail:
      'The edge agent is older than this control plane can work with. Update the edge agent on this node.',
  },
  agent_too_new: {
    status: 426,
    title: 'Agent too new',
    detail:
      'The edge agent is newer than this control plane can work with. Update the control plane, then this node.',
  },
  node_id_taken: {
    status: 409,
    title: 'Node id taken',
    detail:
      'Another node is enrolled under this id. Choose another id, or restore the state folder with which it was enrolled.',
  },
  node_removed: {
    status: 403,
    title: 'Node removed',
    detail:
      'An operator has removed this node for good. To use its id again, an operator has to allow it on the operations page.',
  },
  node_url_refused: {
    status: 422,
    title: 'Node address refused',
    detail:
      'Nodes may not be enrolled at this address: see "errors" for the reason, and LEVEE_NODE_URLS of the control plane.',
  },
} as const
