// Signing in and out, and one's sessions.
#include "api/signin/session.hpp"

#include <algorithm>

#include "api/form.hpp"
#include "api/signin/cookies.hpp"
#include "base/hash.hpp"
#include "base/ip_address.hpp"
#include "base/password.hpp"
#include "base/text.hpp"
#include "base/totp.hpp"
#include "core/case_names.hpp"

namespace hejnal::api {

namespace {

constexpr std::size_t kSessionsMax = 20;  // of one person
constexpr std::size_t kPasswordMax = 1000;

ports::Response wrong() { return problem(401, "Not signed in", "the name or the password is wrong"); }
ports::Response wrong_code() {
  return problem(401, "Not signed in", "the code is wrong, or was used before", {{"code_needed", true}});
}

ports::Response too_often(Duration wait) {
  const auto seconds = std::max<std::int64_t>(1, (wait + 999ms) / 1s);
  ports::Response response =
      problem(429, "Too often",
              fmt::format("too many attempts; try again in {}, or now with a code of the second factor",
                          format_duration(std::chrono::seconds(seconds))),
              {{"code_needed", true}});
  response.headers.emplace_back("Retry-After", std::to_string(seconds));
  return response;
}

// What went wrong is noted behind the answer's back: an account that is there must not answer later than one
// that is not.
void note_failure(Context& context, const ports::UserRow& user, const char* what) {
  ports::AuditRow row{0,         {}, user.name, "session", context.address, "POST /api/v1/session",
                      user.name, {}, what};
  context.parts.ledger->submit(
      [row](desk::Desk& desk) mutable {
        row.at = desk.now();
        return desk.store().accounts().add_audit(row);
      },
      [](const Status&) {});
}

Result<ports::SessionRow> own_session(Context& context, std::int64_t id) {
  HEJNAL_TRY(const auto sessions, context.archive.accounts().sessions(context.visit->user.id));
  const auto found =
      std::find_if(sessions.begin(), sessions.end(), [&](const auto& s) { return s.id == id; });
  if (found == sessions.end()) return fail(Fault::not_found, "you have no session {}", id);
  return *found;
}

}  // namespace

std::optional<ports::Response> refuse_foreign(const Context& context) {
  if (is_from_another_site(context.request, context.parts.public_url))
    return problem(403, "Not allowed", "only a page of this server may ask");
  std::string_view type = context.request.header("content-type");
  type = trim(type.substr(0, type.find(';')));
  if (!iequals(type, "application/json"))
    return problem(415, "Not understood", "expected the content type application/json");
  return std::nullopt;
}

std::optional<Factor> factor_of(Context& context, const ports::UserRow& user, const std::string& code,
                                Instant now) {
  std::string plain;
  for (const char c : to_lower_ascii(code)) {
    if ((c >= '0' && c <= '9') || (c >= 'a' && c <= 'z')) plain += c;
  }
  if (plain.size() != 6) return Factor{0, recovery_hash(user.id, plain)};
  const auto secret = context.gate->unlock_totp(user.id, user.totp);
  if (!secret) return std::nullopt;
  const auto step = totp_step_of(*secret, plain, now, user.totp_step);
  return step ? std::optional(Factor{*step, {}}) : std::nullopt;
}

Result<bool> use_factor(desk::Desk& desk, ports::UserRow& user, const Factor& factor) {
  if (!factor.recovery.empty()) return desk.store().accounts().use_recovery_code(user.id, factor.recovery);
  if (factor.step <= user.totp_step) return false;
  user.totp_step = factor.step;
  return true;
}

Status note(Context& context, desk::Desk& desk, const std::string& who, const std::string& object,
            const std::string& after) {
  return desk.store().accounts().add_audit({0,
                                            desk.now(),
                                            who,
                                            "session",
                                            context.address,
                                            context.request.method + " " + context.request.path,
                                            object,
                                            {},
                                            after});
}

Result<Begun> begin_session(Context& context, desk::Desk& desk, ports::UserRow& user) {
  ports::Accounts& accounts = desk.store().accounts();
  Begun out;
  // The store hears of who was seen some minutes late.
  HEJNAL_TRY_VOID(accounts.remove_expired(desk.now() - context.gate->settings().idle - 1h, desk.now()));
  if (const std::string before = cookie(context.request, context.gate->session_cookie()); !before.empty()) {
    HEJNAL_TRY(const auto old, accounts.session(sha256_hex(before)));
    if (old) {
      HEJNAL_TRY_VOID(accounts.remove_session(old->id));
      out.ended.push_back(old->id);
    }
  }
  HEJNAL_TRY(const auto sessions, accounts.sessions(user.id));  // newest first
  for (std::size_t i = kSessionsMax - 1; i < sessions.size(); ++i) {
    HEJNAL_TRY_VOID(accounts.remove_session(sessions[i].id));
    out.ended.push_back(sessions[i].id);
  }
  out.secret = desk.random_text(core::kTokenAlphabet, kSessionLetters);
  out.session = {0,
                 sha256_hex(out.secret),
                 user.id,
                 desk.now(),
                 desk.now(),
                 desk.now() + context.gate->settings().longest,
                 short_agent(context.request.header("user-agent")),
                 context.address};
  HEJNAL_TRY(out.session.id, accounts.add_session(out.session));
  user.signed_in_at = desk.now();
  HEJNAL_TRY_VOID(accounts.set_user(user));
  return out;
}

json::Object session_json(const Context& context, const ports::UserRow& user,
                          const ports::SessionRow& session, const std::string& csrf) {
  return {{"id", session.id},
          {"name", user.name},
          {"role", user.role},
          {"language", user.language},
          {"csrf", csrf},
          {"sandbox", context.parts.sandbox.world != nullptr},
          {"expires_at", format_rfc3339(context.gate->ends(session))},
          {"totp", !user.totp.empty()},
          {"totp_needed", context.gate->settings().totp_required && user.totp.empty()}};
}

ports::Response begun_response(Context& context, const ports::UserRow& user, const Begun& begun,
                               const std::string& device) {
  tell_ended(context, begun.ended);
  ports::Response response = json_response(session_json(context, user, begun.session, csrf_of(begun.secret)));
  response.headers.emplace_back("Set-Cookie", context.gate->set_session(begun.secret));
  std::string nonce = device;
  if (nonce.empty()) {
    char random[16];
    fill_random(random, sizeof random);
    nonce = to_hex({random, sizeof random});
  }
  response.headers.emplace_back("Set-Cookie", context.gate->set_device(user.id, nonce));
  response.headers.emplace_back("Cache-Control", "no-store");
  return response;
}

void tell_ended(Context& context, const Ended& ended) {
  for (const std::int64_t id : ended) context.parts.events->revoke(stream_key(id));
}

Result<ports::Response> sign_in(Context& context) {
  if (auto refused = refuse_foreign(context)) return std::move(*refused);
  HEJNAL_TRY(Body body, Body::read(context.request));
  const std::string name = body.line("name", true, 200);
  const std::string password = body.text("password", true, kPasswordMax);
  const std::string code = body.line("code", false, 100);
  HEJNAL_TRY_VOID(body.finish());
  const Instant now = context.parts.clock->now();
  const std::string key = key_of_name(name);
  HEJNAL_TRY(const auto found, context.archive.accounts().user_by_key(key));
  const std::string device = found ? context.gate->device_of(context.request, found->id) : std::string();
  const Try attempt{key, network_of(context.address), device, !is_blank(code)};
  const Turn turn = context.gate->limits.turn(attempt, now);
  if (turn.passed == Passed::no) return too_often(turn.wait);
  // While strangers guess from everywhere: both or nothing, and nobody learns which of them was wrong.
  if (turn.passed == Passed::if_factor && (!found || found->totp.empty())) {
    static_cast<void>(password_fits(nobodys_password(), password));
    return wrong_code();
  }
  // Who is not there, or has no password, costs as much time as everybody else.
  const bool has_password = found && !found->password.empty();
  const bool fits =
      password_fits(has_password ? std::string_view(found->password) : nobodys_password(), password);
  if (!fits || !has_password || found->disabled) {
    if (found) note_failure(context, *found, fits && has_password ? "disabled" : "wrong password");
    return turn.passed == Passed::if_factor ? wrong_code() : wrong();
  }
  std::optional<Factor> factor;
  if (!found->totp.empty()) {
    if (is_blank(code)) {
      context.gate->limits.undo(attempt, now);
      return problem(401, "Not signed in", "a code of the second factor is needed", {{"code_needed", true}});
    }
    factor = factor_of(context, *found, code, now);
    if (!factor) {
      note_failure(context, *found, "wrong code");
      return wrong_code();
    }
  }
  std::string better;
  if (is_outdated_hash(found->password)) {
    if (auto again = hash_password(password)) better = std::move(*again);
  }
  ports::UserRow user;
  bool code_was_used = false, changed = false;
  HEJNAL_TRY(
      const Begun begun, on_ledger<Begun>(context, [&](desk::Desk& desk) -> Result<Begun> {
        HEJNAL_TRY(user, user_with(desk, found->id));
        changed = user.disabled || user.password != found->password || user.totp != found->totp;
        if (changed) return Begun();
        if (factor) {
          HEJNAL_TRY(const bool good, use_factor(desk, user, *factor));
          code_was_used = !good;
          if (code_was_used) return Begun();
        }
        if (!better.empty()) user.password = better;
        HEJNAL_TRY_VOID(note(context, desk, user.name, user.name,
                             factor && factor->step == 0 ? "signed in with a recovery code" : "signed in"));
        return begin_session(context, desk, user);
      }));
  if (changed) return wrong();
  if (code_was_used) {
    note_failure(context, *found, "wrong code");
    return wrong_code();
  }
  context.gate->limits.succeeded(attempt, now);
  return begun_response(context, user, begun, device);
}

Result<ports::Response> sandbox_session(Context& context) {
  const std::string_view site = context.request.header("sec-fetch-site");
  if (!site.empty() && site != "same-origin")
    return problem(403, "Not allowed", "only the sandbox's own page may ask");
  HEJNAL_TRY(Body body, Body::read(context.request));
  HEJNAL_TRY_VOID(body.finish());
  ports::UserRow user;
  HEJNAL_TRY(const Begun begun, on_ledger<Begun>(context, [&](desk::Desk& desk) -> Result<Begun> {
               HEJNAL_TRY(auto there, desk.store().accounts().user_by_key(kSandboxUser));
               if (there) {
                 user = std::move(*there);
                 user.role = "administrator", user.disabled = false;
               } else {
                 user.name = user.key = kSandboxUser;
                 user.role = "administrator", user.language = "pl", user.created_at = desk.now();
                 HEJNAL_TRY(user.id, desk.store().accounts().add_user(user));
               }
               return begin_session(context, desk, user);
             }));
  return begun_response(context, user, begun, context.gate->device_of(context.request, user.id));
}

Result<ports::Response> show_session(Context& context) {
  if (!context.visit) {
    ports::Response out = problem(401, "Not signed in", "nobody is signed in by this browser",
                                  {{"sandbox", context.parts.sandbox.world != nullptr}});
    out.headers.emplace_back("Cache-Control", "no-store");
    return out;
  }
  ports::Response out =
      json_response(session_json(context, context.visit->user, context.visit->session, context.visit->csrf));
  out.headers.emplace_back("Cache-Control", "no-store");
  return out;
}

Result<ports::Response> sign_out(Context& context) {
  const std::int64_t id = context.visit->session.id;
  HEJNAL_TRY_VOID(
      run_on_ledger(context, [&](desk::Desk& desk) { return desk.store().accounts().remove_session(id); }));
  tell_ended(context, {id});
  ports::Response response = json_response(json::Object{{"id", id}});
  response.headers.emplace_back("Set-Cookie", context.gate->set_session(""));
  return response;
}

Result<ports::Response> list_sessions(Context& context) {
  HEJNAL_TRY(const auto sessions, context.archive.accounts().sessions(context.visit->user.id));
  const Instant now = context.parts.clock->now();
  json::Array items;
  for (const ports::SessionRow& s : sessions) {
    if (context.gate->is_over(s, now)) continue;
    items.push_back(json::Object{{"id", s.id},
                                 {"current", s.id == context.visit->session.id},
                                 {"made_at", format_rfc3339(s.made_at)},
                                 {"seen_at", format_rfc3339(context.gate->seen(s))},
                                 {"expires_at", format_rfc3339(context.gate->ends(s))},
                                 {"agent", s.agent},
                                 {"address", s.address}});
  }
  return json_response(json::Object{{"items", std::move(items)}});
}

Result<ports::Response> end_session(Context& context) {
  HEJNAL_TRY(const std::int64_t id, whole_number(context.segments.at(0), "id"));
  HEJNAL_TRY(Body body, Body::read(context.request));
  HEJNAL_TRY_VOID(body.finish());
  HEJNAL_TRY_VOID(own_session(context, id));
  HEJNAL_TRY_VOID(
      run_on_ledger(context, [&](desk::Desk& desk) { return desk.store().accounts().remove_session(id); }));
  tell_ended(context, {id});
  return json_response(json::Object{{"id", id}});
}

Result<ports::Response> end_other_sessions(Context& context) {
  HEJNAL_TRY(Body body, Body::read(context.request));
  HEJNAL_TRY_VOID(body.finish());
  Ended ended;
  HEJNAL_TRY_VOID(run_on_ledger(context, [&](desk::Desk& desk) {
    return end_sessions(desk, context.visit->user.id, context.visit->session.id, ended);
  }));
  tell_ended(context, ended);
  return json_response(json::Object{{"ended", static_cast<std::int64_t>(ended.size())}});
}

}  // namespace hejnal::api
