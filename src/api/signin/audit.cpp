// Who has done what: a line with every change that somebody asks for.
#include "api/context.hpp"
#include "base/text.hpp"

namespace hejnal::api {

Status run_on_ledger(Context& context, const desk::Ledger::Work& work) {
  return context.parts.ledger->run([&](desk::Desk& desk) -> Status {
    HEJNAL_TRY_VOID(work(desk));
    if (!context.audit || context.audited) return {};
    context.audited = true;
    context.audit->at = desk.now();
    return desk.store().accounts().add_audit(*context.audit);
  });
}

}  // namespace hejnal::api
