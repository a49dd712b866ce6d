// SPDX-License-Identifier: EUPL-1.2
// How the trustees make their key (docs/protocol.md section 8): Pedersen's key generation with
// Feldman's commitments, every trustee committed before seeing another's contribution.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "election/entries.h"
#include "election/manifest.h"
#include "election/types.h"
#include "group/element.h"
#include "group/scalar.h"
#include "proof/signature.h"

namespace urna::election {

// The two keys of a trustee.
struct TrusteeKeys {
  proof::SigningKey signing;
  proof::SigningKey receiving;
  [[nodiscard]] static TrusteeKeys random();
};

// The card for the manifest, with the proof that its keys are known to who gives it.
[[nodiscard]] TrusteeCard make_card(std::string name, const TrusteeKeys& keys);

// The possession proofs of all cards. Error: malformed, naming the trustee.
[[nodiscard]] Status check_possession(const Manifest& manifest);

// A fresh polynomial dealt to all. Precondition (else the program stops): the number is a
// trustee's. The polynomial is wiped; the trustee's own share lies in the dealing like the others.
[[nodiscard]] Dealing deal(const Manifest& manifest, const EditionHash& edition,
                           TrusteeNumber trustee, const TrusteeKeys& keys);

// The commitment that goes onto the board before the dealing, of its encoded bytes.
[[nodiscard]] DealingCommitment commit_to(std::string_view dealing_bytes, const Dealing& dealing,
                                          const TrusteeKeys& keys);

// What anyone can check of a dealing: lengths, elements, proof and signature. Errors: malformed.
[[nodiscard]] Status check_dealing(const Manifest& manifest, const Dealing& dealing);

// What trustee `receiver` was dealt. Error: malformed if the share is not a number that matches the
// dealing's commitments: a reason for a complaint. Precondition: check_dealing().
[[nodiscard]] Result<group::SecretScalar> open_share(const Dealing& dealing, TrusteeNumber receiver,
                                                     const TrusteeKeys& keys);

// Y. Error: malformed if it is the identity. Precondition of this and the next: dealings of all
// trustees in order, each checked.
[[nodiscard]] Result<group::Element> joint_key(std::span<const Dealing> dealings);
// Y_1 … Y_n, whose secrets the trustees hold.
[[nodiscard]] std::vector<group::Element> verification_keys(const Manifest& manifest,
                                                            std::span<const Dealing> dealings);

// Field 3 of an acceptance.
[[nodiscard]] Sha256Digest hash_of_dealings(std::span<const EntryHash> dealings);

// What a trustee takes home, and says in public.
struct Accepted {
  group::SecretScalar secret;  // x_j
  Acceptance acceptance;
};

// Opens all shares. `dealings` are the bytes of the entries, in order. Errors: malformed; the place
// names the dealing.
[[nodiscard]] Result<Accepted> accept(const Manifest& manifest, const EditionHash& edition,
                                      std::span<const std::string> dealings, TrusteeNumber trustee,
                                      const TrusteeKeys& keys);

// Discloses what the share of `dealing` was sealed with. Precondition: check_dealing().
[[nodiscard]] Complaint complain(const Dealing& dealing, TrusteeNumber complainer,
                                 const TrusteeKeys& keys);

enum class Verdict {
  dealer_lied,      // the share does not match the dealer's commitments
  complaint_false,  // the share matches
};

// Who lied. Errors: malformed, if the complaint itself does not hold (numbers, proof, signature) or
// is not about this dealing. Precondition: check_dealing().
[[nodiscard]] Result<Verdict> judge_complaint(const Manifest& manifest, const Dealing& dealing,
                                              const Complaint& complaint);

}  // namespace urna::election
