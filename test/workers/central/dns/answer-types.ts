/** What a load balancer's hostname is answered with, so what a policy can be of. */
export const ANSWER_TYPES = ["A", "AAAA", "CNAME"] as const;
