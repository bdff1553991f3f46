<?php
// The « pilote d'essai » of a product in PHP (docs/openapi-pilote.json): it establishes, cancels and shows FPS, and answers 501 to the rest.
// SPÉCIMEN — environnement simulé. PHP 8 with OpenSSL, no library:
//
//   CERTIFICAT=certificat ETAT=etat php -S 127.0.0.1:9000 pilote.php
//
// CERTIFICAT: the directory that « fps enroler » wrote (key, certificate, root, addresses); ETAT: where this product keeps its FPS.

declare(strict_types=1);
date_default_timezone_set('Europe/Paris');

const SIRET = '21590350100017';
const AUTORITE = 1;
const ADRESSE = ['voie' => 'Place Augustin Laurent', 'code_postal' => '59000', 'commune' => 'Lille', 'pays' => 'FR'];
const DIRECTION = ['nom' => 'Ville de Lille, direction du stationnement', 'adresse' => ADRESSE];
const RECOURS = ['nom' => 'Ville de Lille, service des recours', 'adresse' => ADRESSE, 'adresse_electronique' => 'rapo@lille.example'];
const ZONES = ['rouge' => 3500, 'verte' => 2500]; // centimes
const ESSAIS = 5;

/** What is refused, by an administration or by this product. */
class Refus extends Exception
{
    public function __construct(public readonly string $motif, string $detail)
    {
        parent::__construct($detail);
    }
}

function json(array $valeur): string
{
    return json_encode($valeur ?: new stdClass(), JSON_THROW_ON_ERROR | JSON_UNESCAPED_UNICODE | JSON_UNESCAPED_SLASHES);
}

/** The register of one world: a check is played in a bac of its own. */
class Registre
{
    public array $fps = [];
    public array $ordres = [];
    public array $lues = [];
    public bool $ouvert = false;
    private $verrou;

    public function __construct(private readonly string $bac)
    {
        $dossier = getenv('ETAT') ?: 'etat';
        @mkdir($dossier, 0700, true);
        $this->verrou = fopen("$dossier/" . rawurlencode($bac) . '.json', 'c+');
        flock($this->verrou, LOCK_EX);
        foreach (json_decode(stream_get_contents($this->verrou) ?: '[]', true) as $nom => $valeur) {
            $this->$nom = $valeur;
        }
    }

    public function garder(): void
    {
        rewind($this->verrou);
        ftruncate($this->verrou, 0);
        $dit = ['fps' => $this->fps, 'ordres' => $this->ordres, 'lues' => $this->lues, 'ouvert' => $this->ouvert];
        fwrite($this->verrou, json_encode($dit, JSON_THROW_ON_ERROR));
        fflush($this->verrou);
    }
}

/** Asks an administration, with the certificate of the town; who did not answer, or could not, is asked again with the same key. */
function appeler(string $methode, string $service, string $bac, string $chemin, ?array $corps = null): array
{
    $certificat = getenv('CERTIFICAT') ?: 'certificat';
    $adresse = json_decode(file_get_contents("$certificat/adresses.json"), true)[$service];
    $texte = $corps === null ? '' : json($corps);
    $entetes = ['Accept: application/json', 'Connection: close'];
    if ($corps !== null) {
        $entetes[] = 'Content-Type: application/json';
        $entetes[] = 'Idempotency-Key: ' . substr(hash('sha256', "$chemin\n$texte"), 0, 40);
    }
    $http = ['method' => $methode, 'header' => $entetes, 'content' => $texte, 'ignore_errors' => true, 'timeout' => 15];
    $ssl = ['cafile' => "$certificat/racine.pem", 'local_cert' => "$certificat/certificat.pem", 'local_pk' => "$certificat/cle.pem"];
    for ($essai = 1;; $essai++) {
        $http_response_header = [];
        $lu = @file_get_contents("$adresse/bacs/$bac$chemin", false, stream_context_create(['http' => $http, 'ssl' => $ssl]));
        $statut = (int) (explode(' ', $http_response_header[0] ?? 'x 0')[1]);
        $dits = [];
        foreach ($http_response_header as $ligne) {
            [$nom, $valeur] = explode(':', $ligne, 2) + [1 => ''];
            $dits[strtolower($nom)] = trim($valeur);
        }
        if ($lu !== false && $statut < 500 && $statut !== 429 && $statut !== 0) {
            break;
        }
        if ($essai === ESSAIS) {
            throw new RuntimeException("$adresse$chemin : $statut");
        }
        usleep((int) max(500_000 * 2 ** ($essai - 1), 1_000_000 * (int) ($dits['retry-after'] ?? 0)));
    }
    $dit = $lu === '' ? [] : json_decode($lu, true, flags: JSON_THROW_ON_ERROR);
    if ($statut >= 400) {
        throw new Refus($dit['code'] ?? "statut-$statut", ($dit['title'] ?? '') . ' — ' . ($dit['detail'] ?? ''));
    }
    return [$dit, $dits['fps-instant'] ?? ''];
}

/** What time it is in the bac: what ANTAI says of it, never the clock of this machine. */
function maintenant(string $bac): DateTimeImmutable
{
    $instant = new DateTimeImmutable(appeler('GET', 'antai', $bac, '/front?siret=' . SIRET)[1]);
    return $instant->setTimezone(new DateTimeZone('Europe/Paris'));
}

/** 26 digits: SIRET, year, authority, day of the year, post, rank of the day. */
function composer(Registre $registre, DateTimeImmutable $quand, int $poste): string
{
    $place = $quand->format('Y-m-d') . " $poste";
    $registre->ordres[$place] = ($registre->ordres[$place] ?? 0) + 1;
    return SIRET . $quand->format('y') . AUTORITE . sprintf('%03d%03d%03d', $quand->format('z') + 1, $poste, $registre->ordres[$place]);
}

/** The remainder of the number by 97, digit after digit: it does not fit in an integer. */
function cle(string $numero): string
{
    $reste = 0;
    foreach (str_split($numero) as $chiffre) {
        $reste = ($reste * 10 + (int) $chiffre) % 97;
    }
    return sprintf('%02d', $reste);
}

/** The letters: noted, kept, then acknowledged. Cut in between, they come again and are known. */
function relever(Registre $registre, string $bac): void
{
    foreach (['antai', 'dgfip', 'ccsp'] as $service) {
        if (!$registre->ouvert) {
            appeler('PUT', $service, $bac, '/destinations/' . SIRET, ['mode' => 'retrait']);
        }
        $lettres = appeler('GET', $service, $bac, '/messages?siret=' . SIRET)[0]['lettres'];
        foreach ($lettres as $lettre) {
            $dit = json_decode($lettre['corps'], true);
            $numero = $dit['numero_fps'] ?? '';
            if (!isset($registre->lues[$lettre['id']]) && isset($registre->fps[$numero])) {
                $registre->fps[$numero]['etat'] = etat_dit($lettre['type'], $dit) ?? $registre->fps[$numero]['etat'];
            }
            $registre->lues[$lettre['id']] = true;
        }
        if ($lettres) {
            $registre->garder();
            appeler('POST', $service, $bac, '/messages/accuses', ['siret' => SIRET, 'ids' => array_column($lettres, 'id')]);
        }
    }
    $registre->ouvert = true;
}

function etat_dit(string $type, array $dit): ?string
{
    return match ($type) {
        'fps.05.fps-paye.v1' => $dit['reste_du'] ? null : 'paye',
        'fps.05.fps-paye-minore.v1' => 'paye-minore',
        'fps.05.titre-paye-collectivite.v1' => $dit['reste_du_collectivite'] ? null : 'titre-paye',
        'fps.05.paiement-rejete.v1', 'fps.05.paiement-annule.v1' => $dit['reste_du'] ? 'transmis' : null,
        default => null,
    };
}

function etablir(Registre $registre, string $bac, array $dit): array
{
    $entier = ZONES[$dit['zone']] ?? throw new Refus('hors-perimetre', "Aucune zone « {$dit['zone']} » ici.");
    $quand = isset($dit['date_heure_constat']) ? new DateTimeImmutable($dit['date_heure_constat']) : maintenant($bac);
    $quand = $quand->setTimezone(new DateTimeZone('Europe/Paris'));
    $numero = composer($registre, $quand, (int) $dit['agent']);
    $deduit = $dit['montant_deduit'] ?? 0;
    $montant = $entier - $deduit;
    $message = [
        'numero_fps' => $numero,
        'cle' => cle($numero),
        'siret' => SIRET,
        'date_heure_constat' => $quand->format('c'),
        'lieu' => ['voie' => $dit['voie'], 'code_postal' => '59000', 'commune' => 'Lille', 'zone' => $dit['zone']],
        'vehicule' => $dit['vehicule'],
        'agent' => ['identifiant' => $dit['agent'], 'autorite' => DIRECTION],
        'montant_fps' => $montant,
        'montant_deduit' => $deduit,
        'fin_effets' => $quand->setTimestamp($quand->getTimestamp() + 5 * 3600)->format('c'),
        'mode_notification' => 'antai',
        'minoration' => ['montant' => $montant - intdiv($montant * 30 + 50, 100), 'delai_jours' => 9],
        'contact_rapo' => RECOURS,
        'prestataire' => 'Éditeur Exemple',
    ];
    $registre->fps[$numero] = ['etat' => 'etabli', 'montant' => $montant];
    $registre->garder(); // before it leaves: cut here, its number is not given to another
    [$accuse] = appeler('POST', 'antai', $bac, '/flux/01-message-fps/creation', $message);
    $registre->fps[$numero]['etat'] = ($accuse['statut'] ?? '') === 'abandonne' ? 'abandonne' : 'transmis';
    return ['numero' => $numero, 'immatriculation' => $dit['vehicule']['immatriculation']];
}

function connu(Registre $registre, string $numero): array
{
    return $registre->fps[$numero] ?? throw new Refus('fps-inconnu', "Aucun FPS $numero ici.");
}

function annuler(Registre $registre, string $bac, array $dit): array
{
    connu($registre, $dit['numero']);
    appeler('POST', 'antai', $bac, '/flux/01-message-fps/annulation', [
        'numero_fps' => $dit['numero'],
        'siret' => SIRET,
        'date_annulation' => maintenant($bac)->format('c'),
        'origine' => $dit['origine'] ?? 'erreur-agent',
        'motif' => $dit['motif'],
    ]);
    $registre->fps[$dit['numero']]['etat'] = 'annule';
    return [];
}

function repondre(string $action, array $dit): array
{
    if (!in_array($action, ['ouvrir', 'etablir', 'annuler', 'lire'], true) || isset($dit['connexion'])) {
        return [501, ['code' => 'non-pris-en-charge', 'detail' => "Ce produit ne fait pas « $action »."]];
    }
    $registre = new Registre($dit['bac']);
    try {
        relever($registre, $dit['bac']);
        return [200, match ($action) {
            'ouvrir' => [],
            'etablir' => etablir($registre, $dit['bac'], $dit),
            'annuler' => annuler($registre, $dit['bac'], $dit),
            'lire' => connu($registre, $dit['numero']),
        }];
    } catch (Refus $refus) {
        return [409, ['code' => $refus->motif, 'detail' => $refus->getMessage()]];
    } finally {
        $registre->garder();
    }
}

[$statut, $corps] = repondre(trim($_SERVER['REQUEST_URI'], '/'), json_decode(file_get_contents('php://input'), true) ?? []);
http_response_code($statut);
header('Content-Type: application/json');
echo json($corps);
