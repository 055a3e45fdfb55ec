/** A zone in which every optional object and list is there; `shop.example` is a load balancer of the whole document. */
export const wholeZone = () => ({
  provider: "powerdns",
  domain: "example",
  endpoint: "http://127.0.0.1:8081",
  settings: { server_id: "localhost" },
  credentials: { env: "TW_CRED_PDNS" },
  publish: { "shop.example": "edge_with_fallback" },
  mode: "apply",
  interval: 60,
  edge: {
    name: "edge.example.net",
    addresses: ["192.0.2.1"],
    health_url: "http://127.0.0.1:8080/healthz",
  },
  owner: "tradewind",
  records: [{ name: "@", type: "MX", ttl: 300, values: ["10 mail.example"] }],
  drift: "respect",
  takeover: ["old.example"],
  endpoint_names: true,
  failback_hold_seconds: 60,
  limits: { update_ratio: 0.2, delete_ratio: 0.1, absent_listings: 2 },
});
