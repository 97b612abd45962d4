#include "api/context.hpp"

namespace hejnal::api {

const std::vector<Route>& routes() {
  static const std::vector<Route> table = {
      {"GET", "/api/v1/health", Role::nobody, health},
      {"GET", "/api/v1/openapi.json", Role::nobody, openapi},
      {"GET", "/metrics", Role::nobody, metrics},
      {"GET", "/api/v1/cases", Role::reader, list_cases, false, "state,class,q,order,limit,cursor"},
      {"POST", "/api/v1/cases", Role::client, create_case},
      {"GET", "/api/v1/cases/{number}", Role::reader, get_case},
      {"POST", "/api/v1/cases/{number}/read", Role::agent, act_read},
      {"POST", "/api/v1/cases/{number}/start", Role::agent, act_start},
      {"POST", "/api/v1/cases/{number}/settle", Role::agent, act_settle},
      {"POST", "/api/v1/cases/{number}/reopen", Role::agent, act_reopen},
      {"POST", "/api/v1/cases/{number}/close", Role::agent, act_close},
      {"POST", "/api/v1/cases/{number}/answer", Role::agent, act_answer},
      {"POST", "/api/v1/cases/{number}/ask", Role::agent, act_ask},
      {"POST", "/api/v1/cases/{number}/cancel", Role::agent, act_cancel},
      {"POST", "/api/v1/cases/{number}/note", Role::agent, act_note},
      {"POST", "/api/v1/cases/{number}/reclassify", Role::agent, act_reclassify},
      {"POST", "/api/v1/cases/{number}/merge", Role::agent, act_merge},
      {"POST", "/api/v1/cases/{number}/split", Role::agent, act_split},
      {"POST", "/api/v1/cases/{number}/link", Role::agent, act_link},
      {"GET", "/api/v1/messages/{id}/raw", Role::reader, get_raw},
      {"GET", "/api/v1/set-aside", Role::reader, list_set_aside, false, "limit,cursor"},
      {"POST", "/api/v1/set-aside/{id}/open", Role::agent, open_set_aside},
      {"POST", "/api/v1/set-aside/{id}/join", Role::agent, join_set_aside},
      {"POST", "/api/v1/set-aside/{id}/dismiss", Role::agent, dismiss_set_aside},
      {"GET", "/api/v1/notices", Role::reader, list_notices, false, "state,limit,cursor"},
      {"GET", "/api/v1/mail-health", Role::reader, mail_health, false, "days"},
      {"GET", "/api/v1/people", Role::reader, list_people, false, "q,limit,cursor"},
      {"POST", "/api/v1/people/{id}/merge", Role::agent, merge_person},
      {"POST", "/api/v1/people/{id}/organisation", Role::agent, name_person},
      {"POST", "/api/v1/calls", Role::agent, record_call},
      {"GET", "/api/v1/tokens", Role::administrator, list_tokens},
      {"POST", "/api/v1/tokens", Role::administrator, create_token},
      {"POST", "/api/v1/tokens/revoke", Role::administrator, revoke_token},
      {"GET", "/", Role::nobody, procedure_page},
      {"GET", "/c/{token}", Role::nobody, follow_page},
      {"POST", "/c/{token}", Role::nobody, follow_reply},
      {"GET", "/c/{token}/text", Role::nobody, text_page},
      {"POST", "/c/{token}/text", Role::nobody, text_typed},
      {"GET", "/style.css", Role::nobody, stylesheet},
      {"GET", "/sandbox/", Role::nobody, sandbox_page, true},
      {"GET", "/sandbox/sandbox.js", Role::nobody, sandbox_script, true},
      {"GET", "/sandbox/token", Role::nobody, sandbox_token, true},
      {"POST", "/sandbox/email", Role::nobody, sandbox_email, true},
      {"POST", "/sandbox/sms", Role::nobody, sandbox_sms, true},
      {"POST", "/sandbox/call", Role::nobody, sandbox_call, true},
      {"POST", "/sandbox/lose", Role::nobody, sandbox_lose, true},
      {"POST", "/sandbox/advance", Role::nobody, sandbox_advance, true},
      {"GET", "/sandbox/world", Role::nobody, sandbox_world, true},
  };
  return table;
}

}  // namespace hejnal::api
