// SPDX-License-Identifier: EUPL-1.2
// A keeper at work: who is answered and who is refused, quotas, the alarm, the log, and the end.
#include <array>
#include <atomic>
#include <filesystem>
#include <fstream>
#include <gtest/gtest.h>
#include <string>
#include <sys/stat.h>
#include <thread>
#include <variant>
#include <vector>

#include "base/bytes.h"
#include "base/file.h"
#include "protection/mandate.h"
#include "pseudonym/blinding.h"
#include "pseudonym/messages.h"
#include "test/unit/keeper_sample.h"

namespace urna::keeper {
namespace {

using pseudonym::Blinding;
using pseudonym::EvaluateRequest;
using pseudonym::EvaluateResponse;
using pseudonym::Purpose;
using test::MemoryStore;
using test::SampleKeepers;

Blinding blind(std::size_t count) {
  return Blinding::of(std::vector<std::string_view>(count, "somebody")).value();
}

std::string request(const SampleKeepers& sample, Purpose purpose, const Blinding& blinding) {
  return encode(
      EvaluateRequest{purpose, sample.keepers.group.public_key(), blinding.blinded(), {}});
}
std::string request(const SampleKeepers& sample, Purpose purpose, std::size_t count) {
  return request(sample, purpose, blind(count));
}

// Why not, or nothing if it was answered.
std::optional<Refusal> refusal(const std::variant<std::string, Refused>& answer) {
  if (const Refused* const refused = std::get_if<Refused>(&answer)) {
    EXPECT_FALSE(refused->error.message.empty());
    return refused->why;
  }
  return std::nullopt;
}

TEST(Keeper, TwoOfThemGiveAPseudonym) {
  const SampleKeepers sample;
  MemoryStore store;
  const Blinding blinding = blind(3);
  std::vector<EvaluateResponse> answers;
  for (int j = 1; j <= 2; ++j) {
    const auto keeper = Keeper::open(sample.config(j), sample.keepers.group, store).value();
    const auto answer = keeper->evaluate(sample.registrar_token.view(),
                                         request(sample, Purpose::roll_import, blinding));
    ASSERT_TRUE(std::holds_alternative<std::string>(answer));
    answers.push_back(pseudonym::decode_evaluate_response(std::get<std::string>(answer)).value());
    EXPECT_EQ(keeper->metrics().evaluated[0], 3U);
  }
  const auto outputs = blinding.finalize(sample.keepers.group, answers);
  ASSERT_TRUE(outputs.ok()) << outputs.error().to_string();
  EXPECT_EQ((*outputs)[0], (*outputs)[2]);
}

TEST(Keeper, EvaluatesListsOnlyWithinAMandate) {
  using protection::Mandate;
  const proof::SigningKey city = proof::SigningKey::random();
  const proof::SigningKey unit = proof::SigningKey::random();
  SampleKeepers sample;
  MemoryStore store;
  KeeperConfig config = sample.config(1);
  config.mandates = {{city.key, unit.key, {}}};
  const auto keeper = Keeper::open(config, sample.keepers.group, store).value();

  Mandate mandate;
  mandate.edition = config.edition;
  mandate.path = "resolution 1";
  mandate.purpose = "whether the staff were voted for";
  mandate.inspecting = {"city", city.key};
  mandate.inspected = {"unit", unit.key};
  mandate.begins = sample.now - 10;
  mandate.ends = sample.now + 10;
  mandate.list_check = protection::MandateListCheck{1, 5, 6, 1};
  const auto signed_by_both = [&](Mandate one) {
    EXPECT_TRUE(protection::sign(one, city).ok());
    EXPECT_TRUE(protection::sign(one, unit).ok());
    return one;
  };
  const auto ask = [&](const std::string& under, std::size_t count = 2) {
    const std::vector<std::string_view> inputs(count, "somebody");
    EvaluateRequest request{Purpose::list_check,
                            sample.keepers.group.public_key(),
                            pseudonym::Blinding::of(inputs).value().blinded(),
                            {},
                            under};
    return refusal(keeper->evaluate(sample.desk_token.view(), encode(request)));
  };
  const auto last_detail = [&] { return store.lines(1, 1000).value().back().detail; };

  EXPECT_EQ(ask({}), Refusal::mandate);
  EXPECT_EQ(last_detail(), "mandate-missing");
  EXPECT_EQ(ask("no mandate"), Refusal::mandate);
  EXPECT_EQ(last_detail(), "mandate-malformed");
  Mandate half = mandate;
  ASSERT_TRUE(protection::sign(half, city).ok());
  EXPECT_EQ(ask(encode(half)), Refusal::mandate);
  EXPECT_EQ(last_detail(), "mandate-not-signed");
  Mandate strangers = mandate;
  const proof::SigningKey stranger = proof::SigningKey::random();
  strangers.inspected.key = stranger.key;
  ASSERT_TRUE(protection::sign(strangers, city).ok());
  ASSERT_TRUE(protection::sign(strangers, stranger).ok());
  EXPECT_EQ(ask(encode(strangers)), Refusal::mandate);
  EXPECT_EQ(last_detail(), "mandate-other-parties");
  Mandate elsewhere = mandate;
  elsewhere.edition = "another";
  EXPECT_EQ(ask(encode(signed_by_both(elsewhere))), Refusal::mandate);
  EXPECT_EQ(last_detail(), "mandate-other-edition");

  const std::string good = encode(signed_by_both(mandate));
  sample.now += 11;
  EXPECT_EQ(ask(good), Refusal::mandate);
  EXPECT_EQ(last_detail(), "mandate-ended");
  sample.now -= 22;
  EXPECT_EQ(ask(good), Refusal::mandate);
  EXPECT_EQ(last_detail(), "mandate-not-begun");
  sample.now += 11;
  EXPECT_EQ(keeper->metrics().evaluated[2], 0U);

  EXPECT_EQ(ask(good, 4), std::nullopt);
  EXPECT_EQ(ask(good, 2), std::nullopt);
  EXPECT_EQ(ask(good, 1), Refusal::mandate);  // six were all
  EXPECT_EQ(last_detail(), "mandate-over-quota");

  // A second list of the same unit needs a mandate that says that it is the second.
  Mandate again = mandate;
  again.purpose = "the same, one person less";
  EXPECT_EQ(ask(encode(signed_by_both(again))), Refusal::mandate);
  EXPECT_EQ(last_detail(), "mandate-over-quota");
  again.list_check->number = 2;
  EXPECT_EQ(ask(encode(signed_by_both(again))), std::nullopt);
}

TEST(Keeper, AnswersOnlyWhomItKnowsForWhatTheyMay) {
  const SampleKeepers sample;
  MemoryStore store;
  const auto keeper = Keeper::open(sample.config(1), sample.keepers.group, store).value();
  const auto ask = [&](std::string_view token, std::string_view bytes) {
    return refusal(keeper->evaluate(token, bytes));
  };
  const std::string_view registrar = sample.registrar_token.view();
  const std::string_view desk = sample.desk_token.view();
  const std::string good = request(sample, Purpose::roll_import, 1);
  EXPECT_EQ(ask(registrar, good), std::nullopt);
  EXPECT_EQ(ask("", good), Refusal::unknown_caller);
  EXPECT_EQ(ask(registrar.substr(1), good), Refusal::unknown_caller);
  EXPECT_EQ(ask(std::string(registrar) + "0", good), Refusal::unknown_caller);
  EXPECT_EQ(ask(to_hex(view_of(hash_token(registrar))), good), Refusal::unknown_caller);
  EXPECT_EQ(ask(desk, good), Refusal::not_allowed);
  EXPECT_EQ(ask(registrar, request(sample, Purpose::list_check, 1)), Refusal::not_allowed);
  EXPECT_EQ(ask(desk, request(sample, Purpose::list_check, 1)), Refusal::mandate);
  EXPECT_EQ(ask(registrar, ""), Refusal::malformed);
  EXPECT_EQ(ask(registrar, good.substr(1)), Refusal::malformed);
  std::string identity = good;
  identity.replace(identity.size() - 32, 32, 32, '\0');
  EXPECT_EQ(ask(registrar, identity), Refusal::malformed);
  const SampleKeepers others;
  EXPECT_EQ(ask(registrar, request(others, Purpose::roll_import, 1)), Refusal::other_group);

  // The log tells who asked for what, how many times, and nothing else.
  const std::vector<LogLine> lines = store.lines(1, 100).value();
  ASSERT_GE(lines.size(), 4U);
  EXPECT_EQ(lines[0].event, Event::evaluated);
  EXPECT_EQ(lines[0].caller, "registrar");
  EXPECT_EQ(lines[0].purpose, "roll-import");
  EXPECT_EQ(lines[0].count, 1U);
  EXPECT_EQ(lines[0].time, sample.now);
  EXPECT_EQ(lines[1].event, Event::refused);
  EXPECT_EQ(lines[1].detail, "unknown-caller");
  EXPECT_EQ(keeper->metrics().refused[0], 4U);
}

TEST(Keeper, ChargesQuotas) {
  SampleKeepers sample;
  MemoryStore store;
  auto keeper = Keeper::open(sample.config(1), sample.keepers.group, store).value();
  const auto certify = [&](std::size_t count) {
    return keeper->evaluate(sample.registrar_token.view(),
                            request(sample, Purpose::certification, count));
  };
  EXPECT_EQ(refusal(certify(20)), std::nullopt);
  EXPECT_FALSE(keeper->metrics().alarm);
  sample.now += 600;
  const auto answer = certify(1);
  ASSERT_EQ(refusal(answer), Refusal::over_quota);
  EXPECT_EQ(std::get<Refused>(answer).retry_after_seconds, 3000U);
  EXPECT_TRUE(keeper->metrics().alarm);
  // Not by starting again.
  keeper.reset();
  keeper = Keeper::open(sample.config(1), sample.keepers.group, store).value();
  EXPECT_EQ(refusal(certify(1)), Refusal::over_quota);
  // Nor by turning the clock back.
  sample.now -= 600;
  EXPECT_EQ(refusal(certify(1)), Refusal::over_quota);
  // Another purpose has its own, and keeps it: 1000 in all.
  const auto import = [&](std::size_t count) {
    return keeper->evaluate(sample.registrar_token.view(),
                            request(sample, Purpose::roll_import, count));
  };
  EXPECT_EQ(refusal(import(999)), std::nullopt);
  EXPECT_EQ(refusal(import(2)), Refusal::over_quota);
  EXPECT_EQ(refusal(import(1)), std::nullopt);
  sample.now += 3600;
  const auto never = import(1);
  ASSERT_EQ(refusal(never), Refusal::over_quota);
  EXPECT_EQ(std::get<Refused>(never).retry_after_seconds, std::nullopt);
  // The next hour has its own, until the day's is used up: 20 + 20 + 10.
  EXPECT_EQ(refusal(certify(21)), Refusal::over_quota);
  EXPECT_EQ(refusal(certify(20)), std::nullopt);
  sample.now += 3600;
  EXPECT_EQ(refusal(certify(11)), Refusal::over_quota);
  EXPECT_EQ(refusal(certify(10)), std::nullopt);
}

TEST(Keeper, NothingIsEvaluatedThatWasNotCharged) {
  const SampleKeepers sample;
  MemoryStore store;
  const auto keeper = Keeper::open(sample.config(1), sample.keepers.group, store).value();
  const std::string bytes = request(sample, Purpose::roll_import, 1);
  store.failing = true;
  EXPECT_EQ(refusal(keeper->evaluate(sample.registrar_token.view(), bytes)), Refusal::unavailable);
  EXPECT_EQ(keeper->metrics().evaluated[0], 0U);
  EXPECT_EQ(keeper->metrics().lines_lost, 1U);
  store.failing = false;
  EXPECT_EQ(refusal(keeper->evaluate(sample.registrar_token.view(), bytes)), std::nullopt);
}

TEST(Keeper, ManyRefusalsAreAnAlarmAndFewLines) {
  SampleKeepers sample;
  MemoryStore store;
  auto keeper = Keeper::open(sample.config(1), sample.keepers.group, store).value();
  for (int i = 0; i < 30; ++i) static_cast<void>(keeper->evaluate("guess", "x"));
  sample.now += 60;
  for (int i = 0; i < 30; ++i) static_cast<void>(keeper->evaluate("guess", "x"));
  EXPECT_FALSE(keeper->metrics().alarm);
  for (int i = 0; i < 970; ++i) static_cast<void>(keeper->evaluate("guess", "x"));
  EXPECT_TRUE(keeper->metrics().alarm);
  EXPECT_EQ(keeper->metrics().refused[0], 1030U);
  // 1, 2, 4, 8, 16 of the first minute; 1 … 512 and the alarm of the second.
  const std::vector<LogLine> lines = store.lines(1, 1000).value();
  ASSERT_EQ(lines.size(), 16U);
  EXPECT_EQ(lines[4].count, 16U);
  EXPECT_EQ(lines[10].event, Event::alarm);
  EXPECT_EQ(lines[10].detail, "refusals");
  EXPECT_EQ(lines.back().count, 512U);

  // It outlives the process and ends when somebody has seen to it.
  keeper.reset();
  keeper = Keeper::open(sample.config(1), sample.keepers.group, store).value();
  EXPECT_TRUE(keeper->metrics().alarm);
  EXPECT_EQ(acknowledge_alarm(store, "Anna Nowak", sample.now).error().code, ErrorCode::usage);
  EXPECT_TRUE(keeper->metrics().alarm);
  EXPECT_TRUE(acknowledge_alarm(store, "data-protection-officer", sample.now));
  EXPECT_FALSE(keeper->metrics().alarm);
  EXPECT_EQ(acknowledge_alarm(store, "data-protection-officer", sample.now).error().code,
            ErrorCode::conflict);
  keeper.reset();
  keeper = Keeper::open(sample.config(1), sample.keepers.group, store).value();
  EXPECT_FALSE(keeper->metrics().alarm);

  // The next one is another, also if nobody looked in between.
  const auto too_much = [&] {
    EXPECT_EQ(refusal(keeper->evaluate(sample.registrar_token.view(),
                                       request(sample, Purpose::certification, 21))),
              Refusal::over_quota);
  };
  too_much();
  EXPECT_TRUE(keeper->metrics().alarm);
  EXPECT_TRUE(acknowledge_alarm(store, "data-protection-officer", sample.now));
  too_much();
  EXPECT_TRUE(keeper->metrics().alarm);
  EXPECT_TRUE(acknowledge_alarm(store, "data-protection-officer", sample.now));
  EXPECT_FALSE(keeper->metrics().alarm);
}

TEST(Keeper, ThreadsShareTheQuota) {
  const SampleKeepers sample;
  MemoryStore store;
  const auto keeper = Keeper::open(sample.config(1), sample.keepers.group, store).value();
  std::atomic<int> answered = 0;
  std::vector<std::thread> threads;
  for (int i = 0; i < 4; ++i) {
    threads.emplace_back([&] {
      const std::string bytes = request(sample, Purpose::certification, 1);
      for (int k = 0; k < 10; ++k) {
        if (!refusal(keeper->evaluate(sample.registrar_token.view(), bytes))) ++answered;
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(answered, 20);
}

TEST(Keeper, OpensOnlyItsOwnShare) {
  const SampleKeepers sample;
  const SampleKeepers others;
  MemoryStore store;
  const auto open = [&](const KeeperConfig& config, const pseudonym::KeeperGroup& group) {
    const auto keeper = Keeper::open(config, group, store);
    return keeper ? std::optional<ErrorCode>() : keeper.error().code;
  };
  EXPECT_EQ(open(sample.config(1), others.keepers.group), ErrorCode::conflict);
  EXPECT_EQ(open(sample.config(3), sample.keepers.group), ErrorCode::not_found);
  KeeperConfig config = sample.config(1);
  config.clock = nullptr;
  EXPECT_EQ(open(config, sample.keepers.group), ErrorCode::usage);
  ::chmod(sample.share_path(1).c_str(), 0644);
  EXPECT_EQ(open(sample.config(1), sample.keepers.group), ErrorCode::conflict);
  ::chmod(sample.share_path(1).c_str(), 0600);
  const auto first = Keeper::open(sample.config(1), sample.keepers.group, store);
  ASSERT_TRUE(first.ok()) << first.error().to_string();
  // One process works with a share.
  EXPECT_EQ(open(sample.config(1), sample.keepers.group), ErrorCode::conflict);
  EXPECT_EQ(open(sample.config(2), sample.keepers.group), std::nullopt);
}

TEST(Keeper, DeletesItsLogWhenItsTimeIsOver) {
  SampleKeepers sample;
  MemoryStore store;
  const auto keeper = Keeper::open(sample.config(1), sample.keepers.group, store).value();
  ASSERT_TRUE(store.append({0, sample.now, Event::refused, "registrar", {}, 1, "malformed"}));
  protection::EditionDates dates;
  dates.voting_closed = dates.protests_over = date_of(sample.now - 1'826ULL * 86'400);
  EXPECT_EQ(keeper->delete_what_is_due(dates).value(), 0U) << "the day itself is not counted";
  EXPECT_EQ(store.lines(1, 10).value().size(), 1U);
  sample.now += 86'400;
  dates.legal_hold = true;
  EXPECT_EQ(keeper->delete_what_is_due(dates).value(), 0U);
  dates.legal_hold = false;
  EXPECT_EQ(keeper->delete_what_is_due(dates).value(), 1U);
  EXPECT_TRUE(store.lines(1, 10).value().empty());
}

TEST(Policy, IsChecked) {
  const SampleKeepers sample;
  const std::vector<Caller> good = sample.config(1).callers;
  EXPECT_TRUE(check_callers(good));
  const auto refused = [&](auto change) {
    std::vector<Caller> callers = good;
    change(callers);
    const Status checked = check_callers(callers);
    return !checked && checked.error().code == ErrorCode::usage;
  };
  EXPECT_TRUE(refused([](auto& callers) { callers[0].name = ""; }));
  EXPECT_TRUE(refused([](auto& callers) { callers[0].name = "a/b"; }));
  EXPECT_TRUE(refused([](auto& callers) { callers[0].name = std::string(65, 'a'); }));
  EXPECT_TRUE(refused([](auto& callers) { callers[0].name = callers[1].name; }));
  EXPECT_TRUE(refused([](auto& callers) { callers[0].token_hash = callers[1].token_hash; }));
  EXPECT_TRUE(refused([](auto& callers) { callers[0].allowed[0].limits.clear(); }));
  EXPECT_TRUE(refused(
      [](auto& callers) { callers[0].allowed[0].purpose = callers[0].allowed[1].purpose; }));
  EXPECT_EQ(make_token().view().size(), 64U);
  EXPECT_NE(make_token().view(), make_token().view());
  EXPECT_TRUE(from_hex(make_token().view()).ok());
}

// ---- The end

std::string contents(const std::string& path) { return read_file(path, 1 << 20).value(); }

TEST(Destruction, LeavesACertificateAndNoShare) {
  SampleKeepers sample;
  MemoryStore store;
  const std::string share = contents(sample.share_path(1));
  // A second name for the same file shows what became of its bytes.
  const std::string twin = sample.folder.file("twin");
  std::filesystem::create_hard_link(sample.share_path(1), twin);
  auto keeper = Keeper::open(sample.config(1), sample.keepers.group, store).value();
  EXPECT_EQ(keeper->destroy({}).error().code, ErrorCode::usage);
  EXPECT_EQ(keeper->destroy({"a\nb"}).error().code, ErrorCode::usage);
  EXPECT_EQ(contents(sample.share_path(1)), share);
  EXPECT_FALSE(keeper->metrics().destroyed);

  const std::string certificate = keeper->destroy({"Anna", "Bartosz Ż."}).value();
  EXPECT_FALSE(std::filesystem::exists(sample.share_path(1)));
  EXPECT_EQ(contents(twin), std::string(share.size(), '\0'));
  EXPECT_TRUE(keeper->metrics().destroyed);
  EXPECT_EQ(contents(sample.config(1).certificate_path), certificate);
  EXPECT_FALSE(std::filesystem::exists(sample.config(1).certificate_path + ".pending"));
  EXPECT_EQ(store.lines(1, 10)->back().event, Event::destroyed);

  const Destruction told = read_destruction(certificate, sample.keepers.group).value();
  EXPECT_EQ(told.edition, "pl-sample-2026");
  EXPECT_EQ(told.keeper.value, 1);
  EXPECT_EQ(told.share_key, sample.keepers.group.share_key({1}));
  EXPECT_EQ(told.time, sample.now);
  EXPECT_EQ(told.by, (std::vector<std::string>{"Anna", "Bartosz Ż."}));
  EXPECT_LE(certificate.size(), destruction_bytes_max);
  EXPECT_EQ(read_destruction(certificate, SampleKeepers().keepers.group).error().code,
            ErrorCode::conflict);
  for (std::size_t at = 0; at < certificate.size(); ++at) {
    std::string changed = certificate;
    changed[at] = static_cast<char>(changed[at] ^ 1);
    EXPECT_FALSE(read_destruction(changed, sample.keepers.group).ok()) << at;
  }

  // For good: now, again, and after a restart.
  const std::string bytes = request(sample, Purpose::roll_import, 1);
  const auto ask = [&] { return refusal(keeper->evaluate(sample.registrar_token.view(), bytes)); };
  EXPECT_EQ(ask(), Refusal::destroyed);
  sample.now += 1000;
  EXPECT_EQ(keeper->destroy({"Celina"}).value(), certificate);
  keeper.reset();
  keeper = Keeper::open(sample.config(1), sample.keepers.group, store).value();
  EXPECT_TRUE(keeper->metrics().destroyed);
  EXPECT_EQ(ask(), Refusal::destroyed);
  EXPECT_EQ(keeper->destroy({"Celina"}).value(), certificate);
}

TEST(Destruction, OnceBegunIsFinished) {
  // The process ended after the certificate was written, before or after the share was erased.
  for (const bool erased : {false, true}) {
    const SampleKeepers sample;
    MemoryStore store;
    const KeeperConfig config = sample.config(1);
    const std::string pending = config.certificate_path + ".pending";
    const Destruction certificate =
        certify_destruction(sample.keepers.shares[0], sample.keepers.group, "pl-sample-2026",
                            sample.now, {"Anna"})
            .value();
    ASSERT_TRUE(create_private_file(pending, encode(certificate)));
    if (erased) std::filesystem::remove(config.share_path);
    const auto keeper = Keeper::open(config, sample.keepers.group, store).value();
    EXPECT_TRUE(keeper->metrics().destroyed);
    EXPECT_FALSE(std::filesystem::exists(config.share_path));
    EXPECT_FALSE(std::filesystem::exists(pending));
    EXPECT_EQ(contents(config.certificate_path), encode(certificate));
  }
}

TEST(Destruction, WaitsForEvaluations) {
  const SampleKeepers sample;
  MemoryStore store;
  KeeperConfig config = sample.config(1);
  config.callers[0].allowed[0].limits = {{1'000'000'000, 0}};
  const auto keeper = Keeper::open(config, sample.keepers.group, store).value();
  const std::string bytes = request(sample, Purpose::roll_import, 20);
  std::atomic<int> answered = 0;
  std::vector<std::thread> threads;
  for (int i = 0; i < 2; ++i) {
    threads.emplace_back([&] {
      while (true) {
        const auto why = refusal(keeper->evaluate(sample.registrar_token.view(), bytes));
        if (why) {
          EXPECT_EQ(*why, Refusal::destroyed);
          return;
        }
        ++answered;
      }
    });
  }
  while (answered < 5) std::this_thread::yield();
  EXPECT_TRUE(keeper->destroy({"Anna"}).ok());
  for (std::thread& thread : threads) thread.join();
}

TEST(Destruction, ACertificateOfAnotherShareIsNotBelieved) {
  const SampleKeepers sample;
  const SampleKeepers others;
  MemoryStore store;
  const KeeperConfig config = sample.config(1);
  for (const std::string& path : {config.certificate_path, config.certificate_path + ".pending"}) {
    for (const SampleKeepers* whose : {&others, &sample}) {
      // Another group's first keeper; the second keeper of this one.
      const std::size_t keeper = whose == &sample ? 1 : 0;
      const Destruction foreign =
          certify_destruction(whose->keepers.shares[keeper], whose->keepers.group, "pl-sample-2026",
                              sample.now, {"Anna"})
              .value();
      ASSERT_TRUE(create_private_file(path, encode(foreign)));
      EXPECT_EQ(Keeper::open(config, sample.keepers.group, store).error().code,
                ErrorCode::conflict);
      EXPECT_TRUE(std::filesystem::exists(config.share_path));
      std::filesystem::remove(path);
    }
  }
  EXPECT_TRUE(Keeper::open(config, sample.keepers.group, store).ok());
}

TEST(Destruction, AShareThatComesBackIsDestroyedAgain) {
  const SampleKeepers sample;
  MemoryStore store;
  const KeeperConfig config = sample.config(1);
  const std::string share = contents(config.share_path);
  auto keeper = Keeper::open(config, sample.keepers.group, store).value();
  ASSERT_TRUE(keeper->destroy({"Anna"}).ok());
  keeper.reset();
  ASSERT_TRUE(create_private_file(config.share_path, share));
  keeper = Keeper::open(config, sample.keepers.group, store).value();
  EXPECT_TRUE(keeper->metrics().destroyed);
  EXPECT_FALSE(std::filesystem::exists(config.share_path));
}

}  // namespace
}  // namespace urna::keeper
