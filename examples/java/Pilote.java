// The « pilote d'essai » of a product in Java (docs/openapi-pilote.json): it establishes, cancels and shows FPS, and answers 501 to the rest.
// SPÉCIMEN — environnement simulé. Java 17, no library, no build:
//
//   java Pilote.java 9000 certificat essai
//
// A port (0: the system chooses one), the directory that « fps enroler » wrote, and the bac where the letters of the town wait for it.

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.math.BigInteger;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyFactory;
import java.security.KeyStore;
import java.security.MessageDigest;
import java.security.PrivateKey;
import java.security.cert.Certificate;
import java.security.cert.CertificateFactory;
import java.security.spec.InvalidKeySpecException;
import java.security.spec.PKCS8EncodedKeySpec;
import java.time.Duration;
import java.time.LocalDate;
import java.time.OffsetDateTime;
import java.time.ZoneId;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HashMap;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executors;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;

public class Pilote {
    static final String SIRET = "21590350100017";
    static final int AUTORITE = 1, ESSAIS = 5;
    static final ZoneId PARIS = ZoneId.of("Europe/Paris");
    static final DateTimeFormatter ISO = DateTimeFormatter.ofPattern("yyyy-MM-dd'T'HH:mm:ssxxx");
    static final Map<String, Object> ADRESSE =
        objet("voie", "Place Augustin Laurent", "code_postal", "59000", "commune", "Lille", "pays", "FR");
    static final Map<String, Object> DIRECTION = objet("nom", "Ville de Lille, direction du stationnement", "adresse", ADRESSE);
    static final Map<String, Object> RECOURS =
        objet("nom", "Ville de Lille, service des recours", "adresse", ADRESSE, "adresse_electronique", "rapo@lille.example");
    static final Map<String, Long> ZONES = Map.of("rouge", 3500L, "verte", 2500L); // centimes

    /** What is refused, by an administration or by this product. */
    static class Refus extends Exception {
        final String code;

        Refus(String code, String detail) {
            super(detail);
            this.code = code;
        }
    }

    /** What the product knows of one world: a check is played in a bac of its own. Its memory is that of the process. */
    static class Registre {
        final Map<String, Map<String, Object>> fps = new HashMap<>();
        final Map<String, Integer> ordres = new HashMap<>();
        final Set<Object> lues = new HashSet<>(); // the letters that were read: each counts once
        boolean ouvert;
    }

    final Map<String, Registre> registres = new ConcurrentHashMap<>();
    final Map<String, Object> adresses;
    final HttpClient client;

    Pilote(Path certificat) throws Exception {
        adresses = Json.objet(Files.readString(certificat.resolve("adresses.json")));
        client = HttpClient.newBuilder().sslContext(tls(certificat)).version(HttpClient.Version.HTTP_1_1).build();
    }

    /** The certificate of the product in the connection, the root of the simulator believed. */
    static SSLContext tls(Path certificat) throws Exception {
        char[] rien = {};
        KeyStore sienne = KeyStore.getInstance("PKCS12"), crues = KeyStore.getInstance("PKCS12");
        sienne.load(null, rien);
        crues.load(null, rien);
        sienne.setKeyEntry("produit", cle(certificat.resolve("cle.pem")), rien, chaine(certificat.resolve("certificat.pem")));
        Certificate[] racines = chaine(certificat.resolve("racine.pem"));
        for (int rang = 0; rang < racines.length; rang++) crues.setCertificateEntry("racine" + rang, racines[rang]);
        KeyManagerFactory cles = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
        TrustManagerFactory autorites = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
        cles.init(sienne, rien);
        autorites.init(crues);
        SSLContext contexte = SSLContext.getInstance("TLS");
        contexte.init(cles.getKeyManagers(), autorites.getTrustManagers(), null);
        return contexte;
    }

    static Certificate[] chaine(Path pem) throws Exception {
        var octets = new ByteArrayInputStream(Files.readAllBytes(pem));
        return CertificateFactory.getInstance("X.509").generateCertificates(octets).toArray(new Certificate[0]);
    }

    static PrivateKey cle(Path pem) throws Exception {
        String base64 = Files.readString(pem).replaceAll("-----[A-Z ]+-----|\\s", "");
        var pkcs8 = new PKCS8EncodedKeySpec(Base64.getDecoder().decode(base64));
        try {
            return KeyFactory.getInstance("EC").generatePrivate(pkcs8);
        } catch (InvalidKeySpecException autre) {
            return KeyFactory.getInstance("RSA").generatePrivate(pkcs8);
        }
    }

    record Reponse(Map<String, Object> dit, String instant) {}

    /** Asks an administration; who did not answer, or could not, is asked again with the same key: it is the same letter. */
    Reponse appeler(String methode, String service, String bac, String chemin, Map<String, Object> corps) throws Exception {
        String texte = corps == null ? "" : Json.ecrire(corps);
        var demande = HttpRequest.newBuilder(URI.create(adresses.get(service) + "/bacs/" + bac + chemin))
            .timeout(Duration.ofSeconds(15)).header("Accept", "application/json")
            .method(methode, corps == null ? HttpRequest.BodyPublishers.noBody() : HttpRequest.BodyPublishers.ofString(texte));
        if (corps != null) {
            byte[] empreinte = MessageDigest.getInstance("SHA-256").digest((chemin + "\n" + texte).getBytes("UTF-8"));
            demande.header("Content-Type", "application/json").header("Idempotency-Key", HexFormat.of().formatHex(empreinte).substring(0, 40));
        }
        for (int essai = 1; ; essai++) {
            long attente = 500L << (essai - 1);
            try {
                HttpResponse<String> lue = client.send(demande.build(), HttpResponse.BodyHandlers.ofString());
                if (lue.statusCode() < 500 && lue.statusCode() != 429) {
                    Map<String, Object> dit = lue.body().isEmpty() ? Map.of() : Json.objet(lue.body());
                    if (lue.statusCode() >= 400) throw new Refus(String.valueOf(dit.get("code")), dit.get("title") + " — " + dit.get("detail"));
                    return new Reponse(dit, lue.headers().firstValue("fps-instant").orElse(""));
                }
                if (essai == ESSAIS) throw new IOException(chemin + " : " + lue.statusCode());
                attente = Math.max(attente, 1000L * Long.parseLong(lue.headers().firstValue("retry-after").orElse("0")));
            } catch (IOException erreur) {
                if (essai == ESSAIS) throw erreur;
            }
            Thread.sleep(attente);
        }
    }

    /** What time it is in the bac: what ANTAI says of it, never the clock of this machine. */
    ZonedDateTime maintenant(String bac) throws Exception {
        return OffsetDateTime.parse(appeler("GET", "antai", bac, "/front?siret=" + SIRET, null).instant()).atZoneSameInstant(PARIS);
    }

    /** 26 digits: SIRET, year, authority, day of the year, post, rank of the day. */
    static String composer(Registre registre, ZonedDateTime quand, int poste) {
        int ordre = registre.ordres.merge(LocalDate.from(quand) + " " + poste, 1, Integer::sum);
        return "%s%02d%d%03d%03d%03d".formatted(SIRET, quand.getYear() % 100, AUTORITE, quand.getDayOfYear(), poste, ordre);
    }

    static String cle(String numero) {
        return "%02d".formatted(new BigInteger(numero).mod(BigInteger.valueOf(97)).intValue());
    }

    /** The letters: noted, then acknowledged. Cut in between, they come again and are known. */
    void relever(Registre registre, String bac) throws Exception {
        for (String service : List.of("antai", "dgfip", "ccsp")) {
            if (!registre.ouvert) appeler("PUT", service, bac, "/destinations/" + SIRET, objet("mode", "retrait"));
            List<Object> ids = new ArrayList<>();
            for (Object une : (List<?>) appeler("GET", service, bac, "/messages?siret=" + SIRET, null).dit().get("lettres")) {
                Map<?, ?> lettre = (Map<?, ?>) une;
                Map<String, Object> dit = Json.objet((String) lettre.get("corps"));
                var fps = registre.fps.get(String.valueOf(dit.get("numero_fps")));
                String etat = fps == null || !registre.lues.add(lettre.get("id")) ? null : etat((String) lettre.get("type"), dit);
                if (etat != null) fps.put("etat", etat);
                ids.add(lettre.get("id"));
            }
            if (!ids.isEmpty()) appeler("POST", service, bac, "/messages/accuses", objet("siret", SIRET, "ids", ids));
        }
        registre.ouvert = true;
    }

    static String etat(String type, Map<String, Object> dit) {
        boolean solde = Long.valueOf(0).equals(dit.getOrDefault("reste_du", dit.get("reste_du_collectivite")));
        return switch (type) {
            case "fps.05.fps-paye.v1" -> solde ? "paye" : null;
            case "fps.05.fps-paye-minore.v1" -> "paye-minore";
            case "fps.05.titre-paye-collectivite.v1" -> solde ? "titre-paye" : null;
            case "fps.05.paiement-rejete.v1", "fps.05.paiement-annule.v1" -> solde ? null : "transmis";
            default -> null;
        };
    }

    Map<String, Object> etablir(Registre registre, String bac, Map<String, Object> dit) throws Exception {
        Long entier = ZONES.get(dit.get("zone"));
        if (entier == null) throw new Refus("hors-perimetre", "Aucune zone « " + dit.get("zone") + " » ici.");
        Object constat = dit.get("date_heure_constat");
        ZonedDateTime quand = constat == null ? maintenant(bac) : OffsetDateTime.parse((String) constat).atZoneSameInstant(PARIS);
        quand = quand.truncatedTo(ChronoUnit.SECONDS);
        String numero = composer(registre, quand, Integer.parseInt((String) dit.get("agent")));
        Object deduit = dit.getOrDefault("montant_deduit", null);
        long moins = deduit == null ? 0 : (Long) deduit, montant = entier - moins;
        Map<String, Object> vehicule = Json.comme(dit.get("vehicule"));
        Map<String, Object> fps = objet("etat", "etabli", "montant", montant);
        registre.fps.put(numero, fps);
        var accuse = appeler("POST", "antai", bac, "/flux/01-message-fps/creation", objet(
            "numero_fps", numero, "cle", cle(numero), "siret", SIRET, "date_heure_constat", ISO.format(quand),
            "lieu", objet("voie", dit.get("voie"), "code_postal", "59000", "commune", "Lille", "zone", dit.get("zone")),
            "vehicule", vehicule, "agent", objet("identifiant", dit.get("agent"), "autorite", DIRECTION),
            "montant_fps", montant, "montant_deduit", moins, "fin_effets", ISO.format(quand.plusHours(5)), "mode_notification", "antai",
            "minoration", objet("montant", montant - (montant * 30 + 50) / 100, "delai_jours", 9L),
            "contact_rapo", RECOURS, "prestataire", "Éditeur Exemple"));
        fps.put("etat", "abandonne".equals(accuse.dit().get("statut")) ? "abandonne" : "transmis");
        return objet("numero", numero, "immatriculation", vehicule.get("immatriculation"));
    }

    static Map<String, Object> connu(Registre registre, Map<String, Object> dit) throws Refus {
        var fps = registre.fps.get(String.valueOf(dit.get("numero")));
        if (fps == null) throw new Refus("fps-inconnu", "Aucun FPS " + dit.get("numero") + " ici.");
        return fps;
    }

    Map<String, Object> annuler(Registre registre, String bac, Map<String, Object> dit) throws Exception {
        var fps = connu(registre, dit);
        Object origine = dit.get("origine");
        appeler("POST", "antai", bac, "/flux/01-message-fps/annulation", objet(
            "numero_fps", dit.get("numero"), "siret", SIRET, "date_annulation", ISO.format(maintenant(bac)),
            "origine", origine == null ? "erreur-agent" : origine, "motif", dit.get("motif")));
        fps.put("etat", "annule");
        return Map.of();
    }

    Map<String, Object> faire(String action, Map<String, Object> dit) throws Exception {
        String bac = (String) dit.get("bac");
        Registre registre = registres.computeIfAbsent(bac, nom -> new Registre());
        synchronized (registre) {
            relever(registre, bac);
            return switch (action) {
                case "etablir" -> etablir(registre, bac, dit);
                case "annuler" -> annuler(registre, bac, dit);
                case "lire" -> connu(registre, dit);
                default -> Map.of();
            };
        }
    }

    void repondre(HttpExchange echange) throws IOException {
        int statut = 200;
        Map<String, Object> corps;
        try {
            String action = echange.getRequestURI().getPath().substring(1);
            Map<String, Object> dit = Json.objet(new String(echange.getRequestBody().readAllBytes(), "UTF-8"));
            boolean connue = Set.of("ouvrir", "etablir", "annuler", "lire").contains(action) && dit.get("connexion") == null;
            statut = connue ? 200 : 501;
            corps = connue ? faire(action, dit) : objet("code", "non-pris-en-charge", "detail", "Ce produit ne fait pas « " + action + " ».");
        } catch (Refus refus) {
            statut = 409;
            corps = objet("code", refus.code, "detail", refus.getMessage());
        } catch (Exception erreur) {
            erreur.printStackTrace();
            statut = 500;
            corps = objet("code", "panne", "detail", String.valueOf(erreur.getMessage()));
        }
        byte[] octets = Json.ecrire(corps).getBytes("UTF-8");
        echange.getResponseHeaders().set("Content-Type", "application/json");
        echange.sendResponseHeaders(statut, octets.length);
        echange.getResponseBody().write(octets);
        echange.close();
    }

    static Map<String, Object> objet(Object... paires) {
        Map<String, Object> found = new LinkedHashMap<>();
        for (int rang = 0; rang < paires.length; rang += 2) found.put((String) paires[rang], paires[rang + 1]);
        return found;
    }

    public static void main(String[] args) throws Exception {
        var pilote = new Pilote(Path.of(args.length > 1 ? args[1] : "certificat"));
        var serveur = HttpServer.create(new InetSocketAddress("127.0.0.1", Integer.parseInt(args.length > 0 ? args[0] : "9000")), 0);
        serveur.setExecutor(Executors.newFixedThreadPool(8));
        serveur.createContext("/", pilote::repondre);
        if (args.length > 2) pilote.faire("ouvrir", objet("bac", args[2]));
        serveur.start();
        System.out.println("http://127.0.0.1:" + serveur.getAddress().getPort());
    }

    /** JSON, as the messages need it: objects, lists, texts, integers, true, false, null. */
    static class Json {
        private final String texte;
        private int ici;

        private Json(String texte) {
            this.texte = texte;
        }

        static Map<String, Object> objet(String texte) {
            return comme(new Json(texte).valeur());
        }

        @SuppressWarnings("unchecked")
        static Map<String, Object> comme(Object valeur) {
            return (Map<String, Object>) valeur;
        }

        private char suite() {
            while (Character.isWhitespace(texte.charAt(ici))) ici++;
            return texte.charAt(ici);
        }

        private boolean prendre(char attendu) {
            boolean la = suite() == attendu;
            if (la) ici++;
            return la;
        }

        private Object valeur() {
            char c = suite();
            if (c == '"') return chaine();
            if (prendre('{')) {
                Map<String, Object> found = new LinkedHashMap<>();
                while (!prendre('}')) {
                    suite();
                    String nom = chaine();
                    prendre(':');
                    found.put(nom, valeur());
                    prendre(',');
                }
                return found;
            }
            if (prendre('[')) {
                List<Object> found = new ArrayList<>();
                while (!prendre(']')) {
                    found.add(valeur());
                    prendre(',');
                }
                return found;
            }
            int debut = ici;
            while (ici < texte.length() && ",]} \n\r\t".indexOf(texte.charAt(ici)) < 0) ici++;
            String mot = texte.substring(debut, ici);
            return switch (mot) {
                case "null" -> null;
                case "true", "false" -> Boolean.valueOf(mot);
                default -> mot.matches("-?\\d+") ? (Object) Long.valueOf(mot) : Double.valueOf(mot);
            };
        }

        private String chaine() {
            StringBuilder found = new StringBuilder();
            for (ici++; texte.charAt(ici) != '"'; ici++) {
                char c = texte.charAt(ici);
                if (c == '\\') {
                    c = texte.charAt(++ici);
                    int rang = "bfnrt".indexOf(c);
                    if (rang >= 0) c = "\b\f\n\r\t".charAt(rang);
                    if (c == 'u') {
                        c = (char) Integer.parseInt(texte.substring(ici + 1, ici + 5), 16);
                        ici += 4;
                    }
                }
                found.append(c);
            }
            ici++;
            return found.toString();
        }

        static String ecrire(Object valeur) {
            if (valeur instanceof Map<?, ?> objet) {
                List<String> dits = new ArrayList<>();
                objet.forEach((nom, une) -> dits.add(ecrire(nom) + ":" + ecrire(une)));
                return "{" + String.join(",", dits) + "}";
            }
            if (valeur instanceof List<?> liste) return "[" + String.join(",", liste.stream().map(Json::ecrire).toList()) + "]";
            if (!(valeur instanceof String texte)) return String.valueOf(valeur);
            StringBuilder found = new StringBuilder("\"");
            for (char c : texte.toCharArray()) found.append(c < ' ' || c == '"' || c == '\\' ? "\\u%04x".formatted((int) c) : String.valueOf(c));
            return found.append('"').toString();
        }
    }
}
