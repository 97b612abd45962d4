// Accounts, the links that open them, and the audit log.
#include <algorithm>

#include "api/signin/session.hpp"
#include "api/tokens.hpp"
#include "base/password.hpp"
#include "base/text.hpp"

namespace hejnal::api {

namespace {

constexpr std::size_t kPasswordMax = 1000;

json::Object user_json(const ports::UserRow& u, std::int64_t sessions, std::int64_t codes) {
  return {{"id", u.id},
          {"name", u.name},
          {"email", u.email},
          {"phone", u.phone},
          {"role", u.role},
          {"language", u.language},
          {"disabled", u.disabled},
          {"password", !u.password.empty()},
          {"totp", !u.totp.empty()},
          {"recovery_codes", codes},
          {"sessions", sessions},
          {"created_at", format_rfc3339(u.created_at)},
          {"signed_in_at", json::time_or_null(u.signed_in_at)}};
}

Result<json::Object> shown(Context& context, const ports::UserRow& user) {
  HEJNAL_TRY(const auto sessions, context.archive.accounts().sessions(user.id));
  HEJNAL_TRY(const std::int64_t codes, context.archive.accounts().recovery_codes_left(user.id));
  const Instant now = context.parts.clock->now();
  const auto open = std::count_if(sessions.begin(), sessions.end(),
                                  [&](const auto& session) { return !context.gate->is_over(session, now); });
  return user_json(user, open, codes);
}

json::Object link_json(const ports::LinkRow& l) {
  return {{"id", l.id},
          {"kind", l.kind},
          {"name", l.name},
          {"email", l.email},
          {"role", l.role},
          {"made_by", l.made_by},
          {"made_at", format_rfc3339(l.made_at)},
          {"expires_at", format_rfc3339(l.expires_at)}};
}

ports::Response link_response(Context& context, const std::string& secret, int status) {
  ports::Response response =
      json_response(json::Object{{"link", address_of_link(context.parts.public_url, secret)},
                                 {"expires_at", format_rfc3339(context.parts.clock->now() + kLinkAge)}},
                    status);
  response.headers.emplace_back("Cache-Control", "no-store");
  return response;
}

using Change = std::function<Status(desk::Desk&, const ports::UserRow&, Ended&)>;

// Changes the account that the path names, ends what is to be ended, and shows it.
Result<ports::Response> change_user(Context& context, const Change& change) {
  HEJNAL_TRY(const std::int64_t id, whole_number(context.segments.at(0), "id"));
  Ended ended;
  const Status done = run_on_ledger(context, [&](desk::Desk& desk) -> Status {
    HEJNAL_TRY(const ports::UserRow user, user_with(desk, id));
    if (context.audit) context.audit->object = user.name;
    return change(desk, user, ended);
  });
  HEJNAL_TRY_VOID(done);
  tell_ended(context, ended);
  HEJNAL_TRY(const auto after, context.archive.accounts().user(id));
  if (!after) return fail(Fault::not_found, "there is no user {}", id);
  HEJNAL_TRY(json::Object json, shown(context, *after));
  return json_response(std::move(json));
}

Result<ports::Response> set_disabled_of(Context& context, bool disabled) {
  HEJNAL_TRY(Body body, Body::read(context.request));
  HEJNAL_TRY_VOID(body.finish());
  return change_user(context, [disabled](desk::Desk& desk, const ports::UserRow& user, Ended& ended) {
    return set_disabled(desk, user, disabled, ended);
  });
}

// Every kind of worthless link gets the same answer.
Error no_such_link() {
  return {Fault::not_found,
          "this link is worth nothing: it was used, has expired, or was replaced by another one"};
}

Result<ports::LinkRow> open_link(Context& context, const std::string& secret) {
  HEJNAL_TRY(const auto link, context.archive.accounts().link(hash_of_link(secret)));
  if (!link || link->expires_at <= context.parts.clock->now()) return tl::unexpected<Error>(no_such_link());
  return *link;
}

}  // namespace

Result<ports::Response> list_users(Context& context) {
  HEJNAL_TRY(const auto users, context.archive.accounts().users());
  HEJNAL_TRY(const auto links, context.archive.accounts().links());
  json::Array items, open;
  for (const ports::UserRow& user : users) {
    HEJNAL_TRY(json::Object json, shown(context, user));
    items.push_back(std::move(json));
  }
  for (const ports::LinkRow& link : links) {
    if (link.expires_at > context.parts.clock->now()) open.push_back(link_json(link));
  }
  return json_response(json::Object{{"items", std::move(items)}, {"links", std::move(open)}});
}

Result<ports::Response> invite_user(Context& context) {
  HEJNAL_TRY(Body body, Body::read(context.request));
  Invitation invitation;
  invitation.name = body.line("name", false, 100);
  invitation.email = body.email("email");
  invitation.phone = phone_in(context, body, "phone");
  invitation.role = body.text("role", true, 20);
  invitation.language = body.text("language", false, 10);
  HEJNAL_TRY_VOID(body.finish());
  if (invitation.language.empty()) invitation.language = context.parts.procedure.language;
  if (context.audit) context.audit->object = invitation.name, context.audit->after = invitation.role;
  HEJNAL_TRY(const std::string secret, on_ledger<std::string>(context, [&](desk::Desk& desk) {
               return invite(desk, invitation, context.who);
             }));
  return link_response(context, secret, 201);
}

Result<ports::Response> set_role(Context& context) {
  HEJNAL_TRY(Body body, Body::read(context.request));
  const std::string role = body.text("role", true, 20);
  HEJNAL_TRY_VOID(body.finish());
  return change_user(context, [&](desk::Desk& desk, const ports::UserRow& user, Ended& ended) {
    if (context.audit) context.audit->before = user.role, context.audit->after = role;
    return change_role(desk, user, role, ended);
  });
}

Result<ports::Response> disable_user(Context& context) { return set_disabled_of(context, true); }
Result<ports::Response> enable_user(Context& context) { return set_disabled_of(context, false); }

Result<ports::Response> reset_user(Context& context) {
  HEJNAL_TRY(Body body, Body::read(context.request));
  const bool totp = body.flag("totp", false);
  HEJNAL_TRY_VOID(body.finish());
  std::string secret;
  if (context.audit) context.audit->after = totp ? "password, second factor" : "password";
  HEJNAL_TRY_VOID(
      change_user(context, [&](desk::Desk& desk, const ports::UserRow& user, Ended& ended) -> Status {
        HEJNAL_TRY(secret, reset(desk, user, totp, context.who, ended));
        return {};
      }));
  return link_response(context, secret, 201);
}

Result<ports::Response> revoke_invitation(Context& context) {
  HEJNAL_TRY(const std::int64_t id, whole_number(context.segments.at(0), "id"));
  HEJNAL_TRY(Body body, Body::read(context.request));
  HEJNAL_TRY_VOID(body.finish());
  HEJNAL_TRY(const bool there, on_ledger<bool>(context, [&](desk::Desk& desk) -> Result<bool> {
               HEJNAL_TRY(const bool removed, desk.store().accounts().remove_link(id));
               if (!removed) return fail(Fault::not_found, "there is no link {}", id);
               return removed;
             }));
  return json_response(json::Object{{"id", id}, {"revoked", there}});
}

Result<ports::Response> look_at_link(Context& context) {
  if (auto refused = refuse_foreign(context)) return std::move(*refused);
  HEJNAL_TRY(Body body, Body::read(context.request));
  const std::string secret = body.text("link", true, 200);
  HEJNAL_TRY_VOID(body.finish());
  HEJNAL_TRY(const ports::LinkRow link, open_link(context, secret));
  return json_response(json::Object{{"kind", link.kind},
                                    {"name", link.name},
                                    {"role", link.role},
                                    {"language", link.language},
                                    {"expires_at", format_rfc3339(link.expires_at)}});
}

// Makes the account, or gives it a new password, and signs in. Where there is a second factor the link alone
// does not open the account: its person signs in as always.
Result<ports::Response> use_link(Context& context) {
  if (auto refused = refuse_foreign(context)) return std::move(*refused);
  HEJNAL_TRY(Body body, Body::read(context.request));
  const std::string secret = body.text("link", true, 200);
  const std::string name = body.line("name", false, 100);
  const std::string language = body.text("language", false, 10);
  const std::string password = body.text("new_password", true, kPasswordMax);
  HEJNAL_TRY_VOID(body.finish());
  HEJNAL_TRY(const ports::LinkRow link, open_link(context, secret));  // before anything that costs time
  const std::string chosen = link.name.empty() ? name : link.name;
  if (link.kind != "reset") HEJNAL_TRY_VOID(check_name(chosen));
  if (!link.name.empty() && !name.empty() && name != link.name)
    return fail(Fault::malformed, "name: the link is for \"{}\"", link.name);
  if (!language.empty() && language != "pl" && language != "en")
    return fail(Fault::malformed, "language: expected pl or en, found \"{}\"", language);
  HEJNAL_TRY_VOID(check_password(password, chosen));
  HEJNAL_TRY(const std::string hash, hash_password(password));
  ports::UserRow user;
  Ended ended;
  HEJNAL_TRY(const Begun begun, on_ledger<Begun>(context, [&](desk::Desk& desk) -> Result<Begun> {
               ports::Accounts& accounts = desk.store().accounts();
               HEJNAL_TRY(const bool there, accounts.remove_link(link.id));
               if (!there || link.expires_at <= desk.now()) return tl::unexpected<Error>(no_such_link());
               if (link.kind == "reset") {
                 HEJNAL_TRY(user, user_with(desk, link.user));
                 if (user.disabled) return tl::unexpected<Error>(no_such_link());
                 HEJNAL_TRY_VOID(end_sessions(desk, user.id, 0, ended));
               } else {
                 HEJNAL_TRY(const auto taken, accounts.user_by_key(key_of_name(chosen)));
                 if (taken)
                   return fail(Fault::conflict, "\"{}\" has an account already; choose another name",
                               taken->name);
                 HEJNAL_TRY_VOID(check_free_name(desk, chosen));
                 if (link.kind == "first") {
                   HEJNAL_TRY(const auto users, accounts.users());
                   if (!users.empty()) return tl::unexpected<Error>(no_such_link());
                 }
                 user.name = chosen, user.key = key_of_name(chosen);
                 user.email = link.email, user.phone = link.phone, user.role = link.role;
                 user.created_at = desk.now();
                 user.language = link.language;
                 HEJNAL_TRY(user.id, accounts.add_user(user));
               }
               user.password = hash;
               if (!language.empty()) user.language = language;
               HEJNAL_TRY_VOID(accounts.set_user(user));
               HEJNAL_TRY_VOID(accounts.add_audit({0,
                                                   desk.now(),
                                                   user.name,
                                                   "link",
                                                   context.address,
                                                   "POST /api/v1/link",
                                                   user.name,
                                                   {},
                                                   link.kind}));
               if (!user.totp.empty()) return Begun();
               return begin_session(context, desk, user);
             }));
  tell_ended(context, ended);
  if (begun.secret.empty()) return json_response(json::Object{{"name", user.name}, {"code_needed", true}});
  return begun_response(context, user, begun);
}

Result<ports::Response> list_audit(Context& context) {
  HEJNAL_TRY(const Page page, read_page(context.request));
  HEJNAL_TRY(auto rows, context.archive.accounts().audit(page.limit + 1, page.before));
  return page_response<ports::AuditRow>(
      page, std::move(rows), [](const ports::AuditRow& a) { return a.id; },
      [](const ports::AuditRow& a) {
        return json::Object{{"id", a.id},         {"at", format_rfc3339(a.at)}, {"who", a.who},
                            {"via", a.via},       {"address", a.address},       {"action", a.action},
                            {"object", a.object}, {"before", a.before},         {"after", a.after}};
      });
}

}  // namespace hejnal::api
